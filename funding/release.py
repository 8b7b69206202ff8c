"""Releasing outcomes: begun by a person, let go when the wait is over; from then on applicants see them."""

import logging
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import audit, outbox
from accounts.models import User
from accounts.refusals import Refusal
from applications import audience, comparison, feedback
from applications.assessment import independence
from applications.models import Application, Question, Stage
from applications.workflow import Status
from funding import duties
from funding.models import Allocation, AllocationLine, AllocationState, Purpose, Release, ReleaseState
from funding.reports import published

logger = logging.getLogger(__name__)

#: The notification that tells of each decision.
KINDS = {
    Status.SUCCESSFUL: "application_successful",
    Status.UNSUCCESSFUL: "application_unsuccessful",
}

#: Its people know nothing of it yet, or something that is no longer so.
NOT_KNOWN = Q(released_at__isnull=True) | ~Q(told_status="")

#: Letters and signs of the reason for a recall.
LONGEST_REASON = 2_000


class NotApproved(Refusal):
    """Only an approved allocation can be released."""


class AlreadyReleased(Refusal):
    """Somebody released it before, and nothing has been decided since; the facts say who and when."""

    def __init__(self, allocation: Allocation):
        self.by = allocation.released_by
        self.at = allocation.released_at
        super().__init__(f"{allocation} is released already")


class NothingToTell(Refusal):
    """Every line is on hold, in reserve, undecided or withdrawn."""


class AlreadyWaiting(Refusal):
    """Its release was begun before and waits; ``release`` says who began it and when it goes."""

    def __init__(self, release: Release):
        self.release = release
        super().__init__(f"{release.allocation} is about to be released")


class FeedbackLacking(Refusal):
    """An unsuccessful application has no feedback on a criterion: its reference, and the question."""

    def __init__(self, lacking: list[tuple[str, str]]):
        self.lacking = lacking
        super().__init__("; ".join(f"{reference}: {question}" for reference, question in lacking))


class RecallRefused(Refusal):
    """It has gone, or was recalled, or no reason is given; the text says which."""


@audit.action("release outcomes")
def release(allocation: Allocation, *, by: User, at: datetime) -> Release:
    """Begin to release what is decided and not told: it goes once ``RELEASE_WAIT`` is over.

    Until then it can be recalled, and nobody outside the office sees anything of it.

    Raises RoleMissing, OwnOrganisation, NotApproved, AlreadyWaiting, AlreadyReleased, NothingToTell
    and FeedbackLacking.
    """
    allocation = _held(allocation)
    duties.check(duties.RELEASE, roles=by.roles_in_all(allocation.region_ids()))
    if not allocation.is_approved:
        raise NotApproved(str(allocation))
    if waiting := waiting_of(allocation):
        raise AlreadyWaiting(waiting)
    told = untold(allocation)
    if not told.exists():
        raise AlreadyReleased(allocation) if allocation.is_released else NothingToTell(str(allocation))
    independence.check([by], allocation.lines.values("application"), by=by)
    if lacking := lacking_feedback(told):
        raise FeedbackLacking(lacking)
    begun = Release.objects.create(
        allocation=allocation, started_by=by, started_at=at, goes_at=at + settings.RELEASE_WAIT
    )
    audit.note(subject=allocation, after={"release": begun.state})
    if begun.goes_at <= at:
        go(begun, at)
    return begun


@audit.action("recall release")
def recall(release: Release, reason: str, *, by: User, at: datetime) -> Release:
    """Stop a release as a whole before it goes: nothing of it has been seen or sent.

    Raises RoleMissing, or RecallRefused.
    """
    release = _waiting(release)
    duties.check(duties.RELEASE, roles=by.roles_in_all(release.allocation.region_ids()))
    reason = reason.strip()
    if not release.is_waiting:
        raise RecallRefused(f"This has been {release.get_state_display().lower()} already.")
    if not reason or len(reason) > LONGEST_REASON:
        raise RecallRefused(f"Give the reason, in {LONGEST_REASON:,} characters or fewer.")
    release.state, release.ended_at = ReleaseState.RECALLED, at
    release.recalled_by, release.reason = by, reason
    release.save(update_fields=["state", "ended_at", "recalled_by", "reason"])
    audit.note(subject=release.allocation, after={"release": release.state}, reason=reason)
    return release


class NotAllGone(Exception):
    """Some releases could not be let go, which the log explains; all others were."""


def let_go(*, at: datetime) -> str:
    """Let every release go whose wait is over: a job's work.

    One that cannot go keeps no other: raises NotAllGone once all were tried.
    """
    due = Release.objects.waiting().filter(goes_at__lte=at).select_related("started_by").order_by("pk")
    done, failed = 0, 0
    for one in due:
        try:
            let_one_go(one, by=one.started_by, at=at)
        except Exception:
            logger.exception("outcomes could not be let go", extra={"release": one.pk})
            failed += 1
        else:
            done += 1
    published.catch_up(at=at)
    if failed:
        raise NotAllGone(f"{failed} releases could not be let go; {done} were")
    return f"{done} let go" if done else "Nothing was due"


@audit.action("let outcomes go")
def let_one_go(release: Release, *, by: User, at: datetime) -> Release:
    """Show and send what was begun, or do nothing where it was recalled or has gone meanwhile."""
    release = _waiting(release)
    if not release.is_waiting:
        audit.join()
        return release
    told = go(release, at)
    audit.note(
        subject=release.allocation, after={"applications": [application.reference for application in told]}
    )
    return release


def go(release: Release, at: datetime) -> list[Application]:
    """Set every ``released_at``, and owe each decision to its people, in the caller's transaction."""
    allocation = release.allocation
    release.state, release.ended_at = ReleaseState.DONE, at
    release.save(update_fields=["state", "ended_at"])
    if not allocation.is_released:
        allocation.released_by, allocation.released_at = release.started_by, at
        allocation.save(update_fields=["released_by", "released_at"])
    # Held, so that one withdrawn at this very moment is either told or gone, not both.
    told = list(untold(allocation).order_by("reference").select_for_update(of=("self",)))
    Application.objects.filter(pk__in=[one.pk for one in told]).update(released_at=at, told_status="")
    comparison.keep(told, at=at)
    published.publish(allocation.competitions.order_by("pk"), at=at)
    is_round = allocation.purpose == Purpose.ROUND
    if is_round and allocation.competitions.exclude(stage=Stage.RELEASED).exists():
        allocation.competitions.update(stage=Stage.RELEASED)
    posted = _tell(told, release, at)
    logger.info("outcomes released", extra={"allocation": allocation.pk, "notifications": posted})
    return told


def untold(allocation: Allocation) -> QuerySet[Application]:
    """What it decided and nobody has been told: one on hold or in reserve waits for its verdict.

    What later money has raised since waits for the release of that.
    """
    raised = _raised().filter(allocation__gt=allocation.pk)
    return Application.objects.filter(
        NOT_KNOWN, allocation_lines__allocation=allocation, status__in=KINDS
    ).exclude(pk__in=raised.values("application"))


def untold_lines() -> QuerySet[AllocationLine]:
    """The lines of every allocation whose applications ``untold`` finds: to count, not to lock by."""
    raised_since = _raised().filter(
        application=OuterRef("application"), allocation__gt=OuterRef("allocation")
    )
    decided = Application.objects.filter(NOT_KNOWN, status__in=KINDS)
    return AllocationLine.objects.filter(~Exists(raised_since), application__in=decided)


def _raised() -> QuerySet[AllocationLine]:
    """What later money funds."""
    return AllocationLine.objects.filter(
        allocation__purpose=Purpose.LATER_MONEY,
        allocation__state=AllocationState.APPROVED,
        application__status=Status.SUCCESSFUL,
    )


def waiting_of(allocation: Allocation) -> Release | None:
    return Release.objects.waiting().filter(allocation=allocation).select_related("started_by").first()


def lacking_feedback(applications: QuerySet[Application]) -> list[tuple[str, str]]:
    """Each unsuccessful one that was assessed and has no feedback on a question, with that question."""
    rows = applications.filter(status=Status.UNSUCCESSFUL, assessments__isnull=False).distinct()
    unsuccessful = list(rows.order_by("reference"))
    feedback.fetch(unsuccessful)
    scored = Question.objects.filter(max_marks__isnull=False).order_by("position")
    asked: dict[int, list[Question]] = {
        competition: list(scored.filter(question_set__competition=competition))
        for competition in {application.competition_id for application in unsuccessful}
    }
    return [
        (application.reference, question)
        for application in unsuccessful
        for question in feedback.without_comment(application, asked[application.competition_id])
    ]


def _held(allocation: Allocation) -> Allocation:
    rows = Allocation.objects.select_for_update(of=["self"]).select_related("released_by")
    return rows.get(pk=allocation.pk)


def _waiting(release: Release) -> Release:
    """The allocation's row first, as everybody locks them."""
    _held(release.allocation)
    rows = Release.objects.select_for_update(of=["self"]).select_related("allocation", "started_by")
    return rows.get(pk=release.pk)


def _tell(applications: list[Application], release: Release, at: datetime) -> int:
    """Owe each decision to its people, in as many statements for a thousand as for one."""
    people = audience.editors_of_each(applications)
    posts: dict[str, list[outbox.Post]] = {kind: [] for kind in KINDS.values()}
    for application in applications:
        for person in people[application.pk]:
            cause = f"outcome of application {application.pk} released ({release.pk}): person {person.pk}"
            kind = KINDS[Status(application.status)]
            posts[kind].append(outbox.Post(person, application.pk, cause))
    return sum(
        outbox.post_all(kind, of_kind, subject_word="application", at=at) for kind, of_kind in posts.items()
    )
