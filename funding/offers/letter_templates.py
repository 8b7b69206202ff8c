"""Setting what the offer letter says. Every version is kept; an offer keeps the letter it was made with."""

import logging
from collections.abc import Mapping
from datetime import datetime

from accounts import audit, letters
from accounts.letters import Placeholder
from accounts.london import day_of
from accounts.models import User
from accounts.refusals import Refusal
from funding import duties
from funding.models import LetterTemplate

logger = logging.getLogger(__name__)

LONGEST_PART, LONGEST_REASON = 10_000, 2_000

#: The parts of the letter in their order, by the fields that keep them.
PARTS = {
    "opening": "Opening",
    "conditions": "Conditions",
    "closing": "Terms and closing",
    "signatory": "Signatory",
}

#: What a text may name, and how an example has it.
KNOWN = (
    Placeholder("facts", "a table of reference, project, competition, date and grant", is_block=True),
    Placeholder("to", "the lead organisation, and that it has partners", invented="Harbour Robotics Ltd"),
    Placeholder("lead", "the lead organisation", invented="Harbour Robotics Ltd"),
    Placeholder("grant", "the whole grant", invented="£74,500"),
    Placeholder("project", "the project's title", invented="Robots for small ports"),
    Placeholder("shares", "a table of each organisation's grant and percentage", is_block=True),
    Placeholder(
        "subsidy",
        "the law that the grant is given under",
        invented="The grant is a subsidy under the Subsidy Control Act 2022.",
    ),
    Placeholder("conditions", "the conditions of this one offer, as a list", is_block=True),
    Placeholder("address", "where the offer is answered", invented="https://launchpad.example/offers/"),
    Placeholder("last_day", "the last day to answer", invented="31 March 2023"),
)
#: Without these the letter would be no offer: each has its part.
REQUIRED = {
    "opening": ("facts", "grant", "project", "shares", "subsidy"),
    "conditions": ("conditions",),
    "closing": ("address", "last_day"),
    "signatory": (),
}


class TemplateRefused(Refusal):
    """The letter stays as it is; the text says why."""


class FaultyTexts(TemplateRefused):
    """``found`` has the field and a sentence for each thing that is wrong."""

    def __init__(self, found: list[tuple[str, str]]):
        super().__init__(" ".join(sentence for _, sentence in found))
        self.found = found


class ChangedMeanwhile(TemplateRefused):
    """Somebody set another version after this one was read: ``current``."""

    def __init__(self, current: LetterTemplate):
        super().__init__(
            "Somebody set another version after you opened this page. Nothing has been overwritten: compare "
            "it with yours below, and save again where yours is to hold."
        )
        self.current = current


def current() -> LetterTemplate:
    """What the next offer's letter is made from."""
    return LetterTemplate.objects.latest_first().select_related("made_by")[0]


def may_edit(person: User) -> bool:
    """It is the letter of every region, so whoever sets it makes offers for the whole programme."""
    return bool(person.roles_in(None) & duties.OFFER)


@audit.action("set offer letter")
def save(texts: Mapping[str, str], reason: str, *, seen: int, by: User, at: datetime) -> LetterTemplate:
    """Make these texts the letter, from the next offer on.

    texts  by the names of ``PARTS``
    seen   the number of the version that they were written from

    Raises RoleMissing, FaultyTexts and ChangedMeanwhile, and writes nothing.
    """
    duties.check(duties.OFFER, roles=by.roles_in(None))
    texts, reason = tidied(texts), reason.strip()
    found = faults(texts)
    if not reason:
        found.append(("reason", "Give the reason for this change."))
    if len(reason) > LONGEST_REASON:
        found.append(("reason", f"The reason must be {LONGEST_REASON:,} characters or fewer."))
    if found:
        raise FaultyTexts(found)
    last = current()
    if {name: getattr(last, name) for name in PARTS} == texts:
        raise FaultyTexts([("opening", "Nothing is different from the version that holds.")])
    if last.number != seen:
        raise ChangedMeanwhile(last)
    number = last.number + 1
    made, is_new = LetterTemplate.objects.get_or_create(
        number=number,
        defaults={
            **texts,
            "name": f"{day_of(at).year}-{number}",
            "reason": reason,
            "made_by": by,
            "made_at": at,
        },
    )
    if not is_new:
        raise ChangedMeanwhile(made)
    changed = [name for name in PARTS if texts[name] != getattr(last, name)]
    audit.note(
        subject=made, before={"version": last.name}, after={"version": made.name, "changed": changed},
        reason=reason,
    )  # fmt: skip
    logger.info("offer letter was set", extra={"version": made.name})
    return made


def tidied(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: texts[name].replace("\r\n", "\n").strip() for name in PARTS}


def faults(texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is wrong with the texts, each with its field."""
    found = []
    for name, title in PARTS.items():
        text = texts[name]
        if not text and name != "signatory":
            found.append((name, f"Enter the text of “{title}”."))
            continue
        if len(text) > LONGEST_PART:
            found.append((name, f"“{title}” must be {LONGEST_PART:,} characters or fewer."))
        found += [(name, sentence) for _, sentence in letters.faults("", text, _known(name))]
    return found


def _known(part: str) -> dict[str, Placeholder]:
    return {
        one.name: Placeholder(
            one.name, one.means, is_block=one.is_block, is_required=one.name in REQUIRED[part]
        )
        for one in KNOWN
    }
