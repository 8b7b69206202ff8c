"""Releasing the outcomes of an allocation: from this moment applicants see them."""

import logging
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Q, Sum

from accounts import audit, outbox
from accounts.refusals import Refusal
from applications import audience, independence
from applications.models import Application, Stage
from applications.workflow import Status
from funding import duties
from funding.models import Allocation

logger = logging.getLogger(__name__)

#: The notification that tells of each decision.
KINDS = {
    Status.SUCCESSFUL: "application_successful",
    Status.UNSUCCESSFUL: "application_unsuccessful",
}


class NotApproved(Refusal):
    """Only an approved allocation can be released."""


class AlreadyReleased(Refusal):
    """Somebody released it before; the facts say who and when."""

    def __init__(self, allocation: Allocation):
        self.by = allocation.released_by
        self.at = allocation.released_at
        super().__init__(f"{allocation} is released already")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a release would tell, counted before it is made."""

    successful: int
    unsuccessful: int
    people: int
    grant: Decimal


def preview(allocation: Allocation) -> Preview:
    applications = _decided(allocation)
    counted = applications.aggregate(
        successful=Count("pk", filter=Q(status=Status.SUCCESSFUL)),
        unsuccessful=Count("pk", filter=Q(status=Status.UNSUCCESSFUL)),
    )
    grant = allocation.lines.filter(application__status=Status.SUCCESSFUL).aggregate(sum=Sum("amount"))["sum"]
    people = audience.editors(applications).count()
    return Preview(**counted, people=people, grant=grant or Decimal("0.00"))


@audit.action("release outcomes")
def release(allocation: Allocation, *, by, at: datetime) -> Allocation:
    """Show every applicant of the allocation their decision and owe each an email with the feedback.

    Each notification is a row of this transaction; sending is the relay's work.

    Raises RoleMissing, OwnOrganisation, NotApproved and AlreadyReleased.
    """
    allocation = (
        Allocation.objects.select_for_update(of=["self"]).select_related("released_by").get(pk=allocation.pk)
    )
    duties.check(duties.RELEASE, roles=by.roles_in_all(allocation.region_ids()))
    if allocation.is_released:
        raise AlreadyReleased(allocation)
    if not allocation.is_approved:
        raise NotApproved(str(allocation))
    independence.check([by], allocation.lines.values("application"), by=by)

    allocation.released_by, allocation.released_at = by, at
    allocation.save(update_fields=["released_by", "released_at"])
    decided = _decided(allocation).filter(released_at__isnull=True)
    # Held, so that one withdrawn at this very moment is either told or gone, not both.
    told = list(decided.order_by("reference").select_for_update(of=("self",)))
    decided.update(released_at=at)
    allocation.competitions.update(stage=Stage.RELEASED)
    audit.note(after={"applications": [application.reference for application in told]})
    posted = _tell(told, at)
    logger.info("outcomes released", extra={"allocation": allocation.pk, "notifications": posted})
    return allocation


def _decided(allocation: Allocation):
    return Application.objects.filter(allocation_lines__allocation=allocation, status__in=KINDS)


def _tell(applications: list[Application], at: datetime) -> int:
    """Owe each decision to its people, in as many statements for a thousand as for one."""
    people = audience.editors_of_each(applications)
    posts: dict[str, list[outbox.Post]] = {kind: [] for kind in KINDS.values()}
    for application in applications:
        for person in people[application.pk]:
            cause = f"outcome of application {application.pk} released: person {person.pk}"
            kind = KINDS[Status(application.status)]
            posts[kind].append(outbox.Post(person, application.pk, cause))
    return sum(
        outbox.post_all(kind, of_kind, subject_word="application", at=at) for kind, of_kind in posts.items()
    )
