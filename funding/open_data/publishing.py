"""Publishing what may be known of awards: looked at first, then done by a person, with a reason, and kept.

What was published stays at an address of its own. An award that came under embargo since is left out of
the next publication; the ones before it are taken back one by one where they must be.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from accounts import audit
from accounts.london import day_of
from accounts.models import User
from accounts.refusals import Refusal
from funding import duties
from funding.models import Award, OpenDataPublication, PublicationWithdrawal, PublishedFile, PublishedGrant
from funding.open_data import records, standing, turns, written
from funding.open_data.records import Grant
from funding.open_data.standing import HeldBack, Known
from funding.verdicts import LONGEST_REASON

logger = logging.getLogger(__name__)

ADDRESS = "/open-data/"
TITLE = "Grants of the Launchpad programme"
DESCRIPTION = (
    "Grants of the Launchpad programme whose offers were accepted: one record for each organisation that is "
    "given a grant, those of one project joined by relatedActivity. A grant that ended after it had been "
    "published stays, with nought as its amount and the day in withdrawnOn, a field of our own."
)
INVENTED = "DEMONSTRATION, NOT REAL: organisations, projects and grants are invented. "

NO_PREFIX = (
    "The setting GRANT_ID_PREFIX is empty: it takes the prefix that 360Giving registered for the publisher. "
    "Without it nothing can be published."
)


class PublicationRefused(Refusal):
    """Nothing was published or taken back; ``field`` is the form's that the text is about."""

    def __init__(self, text: str, field: str = ""):
        self.field = field
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Shown:
    """A record of the preview; ``difference`` is "new", "changed" or "" against the publication before."""

    known: Known
    difference: str


@dataclass(frozen=True, slots=True)
class Gone:
    """A record of the publication before that would not be in this one."""

    identifier: str
    recipient: str
    why: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be published at one moment.

    refused      why nothing can be; empty where it can
    fingerprint  of the records, by which ``publish`` knows that they are those that were looked at
    before       the last publication of its kind, withdrawn or not
    """

    shown: list[Shown]
    held: list[HeldBack]
    gone: list[Gone]
    refused: str
    fingerprint: str
    before: OpenDataPublication | None

    @property
    def with_removals(self) -> list[Known]:
        return [one.known for one in self.shown if one.known.removed]


def preview(person: User, *, of_demonstration: bool, at: datetime) -> Preview:
    """Of the awards that the person sees: of a region's people, their region's part of it."""
    awards = Award.objects.visible_to(person)
    known, held = standing.sorted_out(awards, of_demonstration=of_demonstration, at=at)
    before = OpenDataPublication.objects.latest_of(of_demonstration)
    earlier = _grants(before)
    own = (
        dict(
            PublishedGrant.objects.filter(publication=before, share__award__in=awards).values_list(
                "identifier", "share"
            )
        )
        if before
        else {}
    )
    shown = [Shown(one, _difference(one.grant, earlier.get(one.identifier))) for one in known]
    names = {one.identifier for one in known}
    why = {one.share.pk: one.why for one in held}
    gone = [
        Gone(name, earlier[name]["recipientOrganization"][0]["name"], why.get(share, "Its award has ended."))
        for name, share in sorted(own.items())
        if name not in names
    ]
    refused = ""
    if not records.prefix(of_demonstration=of_demonstration):
        refused = NO_PREFIX
    elif not known:
        refused = "There is nothing to publish: no award is accepted, released and out of its embargo."
    return Preview(shown, held, gone, refused, fingerprint([one.grant for one in known]), before)


@audit.action("publish open data")
def publish(
    reason: str,
    seen: str,
    *,
    sizes: Callable[[OpenDataPublication], Mapping[str, int]],
    of_demonstration: bool = False,
    by: User,
    at: datetime,
) -> OpenDataPublication:
    """Publish all that may be known at this moment, where it is what was ``seen``.

    sizes  of the files that are written from a publication, in bytes by their names; they are kept with it

    Raises RoleMissing and PublicationRefused.
    """
    turns.take()
    duties.check(duties.PUBLISH, roles=by.roles_in(None))
    reason = _checked(reason)
    found = preview(by, of_demonstration=of_demonstration, at=at)
    if found.refused:
        raise PublicationRefused(found.refused)
    if found.fingerprint != seen:
        raise PublicationRefused("What would be published has changed. Look through it again.")
    known = [one.known for one in found.shown]
    contents = package([one.grant for one in known], of_demonstration=of_demonstration, at=at)
    made = OpenDataPublication.objects.create(
        of_demonstration=of_demonstration,
        as_of=at,
        published_by=by,
        reason=reason,
        contents=contents,
        fingerprint=hashlib.sha256(contents.encode()).hexdigest(),
    )
    PublishedGrant.objects.bulk_create(
        PublishedGrant(
            publication=made, share=one.share, identifier=one.identifier, is_withdrawn=one.is_withdrawn
        )
        for one in known
    )
    PublishedFile.objects.bulk_create(
        PublishedFile(publication=made, name=name, size=size) for name, size in sizes(made).items()
    )
    audit.note(after={"grants": len(known), "fingerprint": made.fingerprint}, reason=reason)
    logger.info("open data published", extra={"publication": made.pk, "grants": len(known)})
    return made


@audit.action("withdraw open data")
def withdraw(publication: OpenDataPublication, reason: str, *, by: User, at: datetime) -> OpenDataPublication:
    """Take a publication back: its addresses give nothing from now on.

    Where it is the last of its kind, so do the addresses of the latest, until the next is published: what
    stood before it could have what had to go.

    Raises RoleMissing and PublicationRefused.
    """
    turns.take()
    duties.check(duties.TAKE_BACK_PUBLISHED, roles=by.roles_in(None))
    reason = _checked(reason)
    if PublicationWithdrawal.objects.filter(publication=publication).exists():
        raise PublicationRefused("It was withdrawn before.")
    PublicationWithdrawal.objects.create(
        publication=publication, withdrawn_by=by, withdrawn_at=at, reason=reason
    )
    audit.note(after={"withdrawn": True}, reason=reason)
    logger.info("open data withdrawn", extra={"publication": publication.pk})
    return publication


def package(grants: list[Grant], *, of_demonstration: bool, at: datetime) -> str:
    """The whole file as the standard has it: the same grants at the same moment are the same text."""
    own = f"{ADDRESS}demonstration/" if of_demonstration else ADDRESS
    site = f"{settings.SITE_URL}{own}"
    publisher = records.INVENTED_FUNDER if of_demonstration else records.FUNDER
    about = {
        "version": records.VERSION,
        "title": f"{TITLE} (demonstration, not real)" if of_demonstration else TITLE,
        "description": f"{INVENTED if of_demonstration else ''}{DESCRIPTION}",
        "issued": day_of(at).isoformat(),
        "modified": records.moment(at),
        "identifier": f"360G-{records.prefix(of_demonstration=of_demonstration)}-{records.moment(at)}",
        "publisher": {"name": publisher["name"], "identifier": publisher["id"]},
        "license": records.LICENCE,
        "accessURL": f"{settings.SITE_URL}{ADDRESS}",
        "downloadURL": f"{site}360giving.json",
        "grants": grants,
    }
    return f"{written.as_json(about)}\n"


def fingerprint(grants: list[Grant]) -> str:
    return hashlib.sha256(written.as_json(grants).encode()).hexdigest()


def _grants(publication: OpenDataPublication | None) -> dict[str, Grant]:
    if publication is None:
        return {}
    return {one["id"]: one for one in written.read(publication.contents)["grants"]}


def _difference(grant: Grant, earlier: Grant | None) -> str:
    if earlier is None:
        return "new"
    return "" if written.as_json(grant) == written.as_json(earlier) else "changed"


def _checked(reason: str) -> str:
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise PublicationRefused(f"Give the reason, in {LONGEST_REASON:,} characters or fewer", "reason")
    return reason
