"""What waits for those who propose, approve and release, as the office's first page shows it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts import formats
from accounts.london import day_of
from accounts.models import User, in_regions_of
from accounts.roles import held_by
from accounts.waiting import Waiting
from applications.assessment import ranking
from applications.models import Application, Competition, PotSharing, State
from applications.workflow import DECISIONS, Status
from funding import budget_changes, duties, later_money, release, reserve_rule
from funding.allocation import UNDECIDED
from funding.models import (
    LIVE,
    Allocation,
    AllocationState,
    Award,
    AwardEnding,
    AwardStatus,
    BudgetChange,
    CompetitionBudgets,
    LedgerCheck,
    Purpose,
    Release,
    ReleaseState,
)
from funding.register import reminding
from funding.subsidy import database, mfa


def proposing(person: User, at: datetime) -> Iterable[Waiting]:
    """Panel sheets on which every mark stands and nothing is proposed. One for each list."""
    theirs = set(Competition.objects.run_by(person, duties.PROPOSE).values_list("pk", flat=True))
    if not theirs:
        return
    lists = _lists()
    competitions = [one for together in lists for one in together]
    unfinished = ranking.unfinished(one for one in competitions if _is_undecided(one, at))
    for together in lists:
        ids = {one.pk for one in together}
        is_theirs, is_marked = ids <= theirs, not ids & unfinished
        is_open = all(_is_undecided(one, at) and not one.is_proposed for one in together)
        if is_theirs and is_marked and is_open and any(one.has_entries for one in together):
            yield Waiting(
                says=f"Rank and propose: panel sheet {together[0].code}",
                route="admin:funding_panel_sheet",
                of=together[0].code,
                more="Every assessment is in",
                since=together[0].closes_at,
            )


def _lists() -> list[list]:
    """Every competition that draws on budgets, together with those of its one list, in two queries."""
    pots = dict(CompetitionBudgets.objects.values_list("competition", "pot"))
    running = Application.objects.filter(competition=OuterRef("pk")).exclude(
        status__in=ranking.OUT_OF_THE_RUNNING
    )
    proposed = Allocation.objects.standing().filter(competitions=OuterRef("pk"))
    found: dict[object, list] = defaultdict(list)
    for one in (
        Competition.objects.filter(pk__in=pots)
        .annotate(has_entries=Exists(running), is_proposed=Exists(proposed))
        .order_by("closes_at", "code")
    ):
        is_merged = one.pot_sharing == PotSharing.MERGED
        found["pot" if is_merged else "alone", pots[one.pk] if is_merged else one.pk].append(one)
    return list(found.values())


def _is_undecided(competition: Competition, at: datetime) -> bool:
    return competition.stage in UNDECIDED and competition.state_at(at) == State.CLOSED


def approving(person: User, at: datetime) -> Iterable[Waiting]:
    """Proposals of other people: nobody decides their own."""
    visible = Allocation.objects.visible_to(person).acted_on_by(person, duties.DECIDE)
    waiting = visible.filter(state=AllocationState.PROPOSED).exclude(proposed_by=person)
    status = "lines__application__status"
    counted = waiting.annotate(
        decided=Count("lines", filter=Q(**{f"{status}__in": DECISIONS})),
        undecided=Count("lines", filter=Q(**{status: Status.IN_ASSESSMENT})),
    )
    for allocation in _with_names(counted).order_by("proposed_at", "pk"):
        yield Waiting(
            says=_what_to_decide(allocation),
            route="admin:funding_allocation_change",
            of=allocation.pk,
            more=f"{_codes(allocation)}, proposed by {allocation.proposed_by}{_how_far(allocation)}",
            since=allocation.proposed_at,
        )


def _what_to_decide(allocation) -> str:
    if allocation.purpose == Purpose.LATER_MONEY:
        return f"Approve or refuse later money: allocation {allocation.pk}"
    if allocation.decided and not allocation.undecided:
        return f"Conclude allocation {allocation.pk}"
    if allocation.decided:
        return f"Decide the rest of allocation {allocation.pk}"
    return f"Approve or refuse allocation {allocation.pk}"


def _how_far(allocation) -> str:
    if allocation.purpose == Purpose.LATER_MONEY or not allocation.decided:
        return ""
    return f", {allocation.decided} lines decided, {allocation.undecided} undecided"


def releasing(person: User, at: datetime) -> Iterable[Waiting]:
    """Allocations never released, and of the others those with lines that were decided since."""
    visible = Allocation.objects.visible_to(person).acted_on_by(person, duties.RELEASE)
    funded = Application.objects.filter(allocation_lines__allocation=OuterRef("pk"), status=Status.SUCCESSFUL)
    untold = release.untold_lines().filter(allocation=OuterRef("pk"))
    going = Release.objects.waiting().filter(allocation=OuterRef("pk"))
    yield from _going(visible, at)
    # Of later money that was taken back again nothing is left to release.
    first = Q(Q(purpose=Purpose.ROUND) | Exists(funded), released_at__isnull=True)
    further = Q(Exists(untold), released_at__isnull=False)
    decided = untold.filter(decisions__decided_at__gt=OuterRef("released_at"))
    due = visible.filter(first | further, ~Exists(going), state=AllocationState.APPROVED)
    approved = due.annotate(
        untold=untold.values("allocation").annotate(number=Count("pk")).values("number"),
        since=Coalesce(
            decided.order_by("decisions__decided_at").values("decisions__decided_at")[:1], "decided_at"
        ),
    )
    for allocation in _with_names(approved).order_by("since", "pk"):
        is_first = allocation.released_at is None
        what = "the outcomes" if is_first else _further(allocation.untold)
        yield Waiting(
            says=f"Release {what} of allocation {allocation.pk}",
            route="admin:funding_allocation_change",
            of=allocation.pk,
            more=f"{_codes(allocation)}, {'approved' if is_first else 'decided after its release'}",
            since=allocation.since,
        )


def _going(visible: QuerySet[Allocation], at: datetime) -> Iterable[Waiting]:
    """Releases that were begun and can still be recalled: nothing is to be done unless one is wrong."""
    begun = (
        Release.objects.waiting().filter(allocation__in=visible).select_related("allocation", "started_by")
    )
    for one in begun.prefetch_related("allocation__competitions").order_by("goes_at", "pk"):
        goes = f"at {formats.local_time(one.goes_at)}" if one.goes_at > at else "within a minute"
        yield Waiting(
            says=f"The outcomes of allocation {one.allocation_id} go out {goes}: see or recall them",
            route="admin:funding_allocation_change",
            of=one.allocation_id,
            more=f"{_codes(one.allocation)}, begun by {one.started_by}",
            since=one.started_at,
        )


def _further(number: int) -> str:
    return "1 further outcome" if number == 1 else f"{number:,} further outcomes"


def _with_names(allocations):
    return allocations.select_related("proposed_by", "scenario").prefetch_related("competitions")


def _codes(allocation: Allocation) -> str:
    return ", ".join(sorted(one.code for one in allocation.competitions.all()))


def offering(person: User, at: datetime) -> Iterable[Waiting]:
    """Released awards of which no offer waits or was accepted: one line for each competition."""
    theirs = Award.objects.to_be_offered().filter(
        in_regions_of(person, duties.OFFER, "application__competition__region")
    )
    competition = "application__competition"
    rows = theirs.values(competition, f"{competition}__code").annotate(
        number=Count("pk"), since=Min("application__released_at")
    )
    for row in rows.order_by("since", f"{competition}__code"):
        number = row["number"]
        yield Waiting(
            says="Make 1 offer" if number == 1 else f"Make {number:,} offers",
            route="admin:funding_award_changelist",
            query=f"offered=no&{competition}__id__exact={row[competition]}",
            more=f"{row[f'{competition}__code']}, released",
            since=row["since"],
        )


def raising(person: User, at: datetime) -> Iterable[Waiting]:
    """Lists whose reserve has one that fits, after an offer was declined or has lapsed, or an award ended.

    While later money that such a list needs waits for its decision, nothing more is asked for: what
    waits has not taken its money yet.
    """
    came_back = Award.objects.filter(
        Q(status=AwardStatus.LAPSED, offers__isnull=False) | Q(status=AwardStatus.ENDED),
        application__allocation_lines__allocation=OuterRef("pk"),
    )
    waiting = Allocation.objects.filter(
        purpose=Purpose.LATER_MONEY,
        state=AllocationState.PROPOSED,
        lines__application__allocation_lines__allocation=OuterRef("pk"),
    )
    kept = Application.objects.filter(allocation_lines__allocation=OuterRef("pk"), status=Status.RESERVE)
    visible = Allocation.objects.visible_to(person).acted_on_by(person, duties.PROPOSE)
    lists = visible.filter(
        Exists(came_back),
        Exists(kept),
        ~Exists(waiting),
        purpose=Purpose.ROUND,
        state=AllocationState.APPROVED,
    ).exclude(releases__state=ReleaseState.WAITING)
    following = later_money.next_that_fit(lists)
    for allocation in _with_names(lists.filter(pk__in=following)).order_by("decided_at", "pk"):
        if (application := following.get(allocation.pk)) is not None:
            yield Waiting(
                says=f"Propose the next in reserve, such as {application.reference}"
                if reserve_rule.is_portfolio(allocation)
                else f"Propose {application.reference}, the next in reserve",
                route="admin:funding_allocation_change",
                of=allocation.pk,
                more=f"{_codes(allocation)}: money came back",
                since=allocation.decided_at,
            )


def asking(person: User, at: datetime) -> Iterable[Waiting]:
    """Enterprises that have to confirm, before it is given, that they stay within the limit of assistance."""
    if not held_by(person) & duties.PROPOSE:
        return
    awards = mfa.to_be_notified(person).aggregate(number=Count("pk"), since=Min("application__released_at"))
    if number := awards["number"]:
        yield Waiting(
            says=f"Ask the enterprises of {number} award{'' if number == 1 else 's'} about assistance",
            route="admin:funding_mfarecord_changelist",
            more="They confirm in writing before it is given",
            since=awards["since"],
        )


def uploading(person: User, at: datetime) -> Iterable[Waiting]:
    """Entries of the subsidy database that are due within a month, or overdue. One line for all."""
    if not held_by(person) & duties.PROPOSE:
        return
    due = database.owed(person, day_of(at))
    if due:
        number = len(due)
        yield Waiting(
            says=f"Upload {number} subsidy database {'entry' if number == 1 else 'entries'}",
            route="admin:funding_subsidyentry_changelist",
            more=f"The first is due on {formats.local_day(due[0].due_on)}",
        )


def answering(person: User, at: datetime) -> Iterable[Waiting]:
    """Information requests that are due within five working days, or overdue. One line for all."""
    near = reminding.owed(person, day_of(at))
    if near:
        number = len(near)
        yield Waiting(
            says=f"Answer {number} information request{'' if number == 1 else 's'}",
            route="admin:funding_informationrequest_changelist",
            query="standing=near",
            more=f"The first is due on {formats.local_day(near[0].due_on)}",
        )


def changing(person: User, at: datetime) -> Iterable[Waiting]:
    """Budget changes that other people proposed."""
    if not held_by(person) & duties.DECIDE:
        return
    visible = BudgetChange.objects.visible_to(person).waiting().exclude(proposed_by=person)
    waiting = list(visible.select_related("budget", "into", "proposed_by").order_by("proposed_at", "pk"))
    every = [budget for change in waiting for budget in budget_changes.budgets_of(change)]
    regions = budget_changes.regions_of(every)
    for change in waiting:
        if budget_changes.may_decide(change, person, regions):
            yield Waiting(
                says=f"Approve or refuse a change of {change.budget}",
                route="admin:funding_budgetchange_change",
                of=change.pk,
                more=f"Proposed by {change.proposed_by}",
                since=change.proposed_at,
            )


def ending(person: User, at: datetime) -> Iterable[Waiting]:
    """Ends of awards that other people proposed."""
    if not held_by(person) & duties.DECIDE:
        return
    region = "award__application__competition__region"
    theirs = AwardEnding.objects.waiting().filter(
        in_regions_of(person, duties.DECIDE, region), award__status__in=LIVE
    )
    rows = theirs.exclude(proposed_by=person).select_related("award__application", "proposed_by")
    for one in rows.order_by("proposed_at", "pk"):
        yield Waiting(
            says=f"Approve or refuse the end of the award of {one.award.application.reference}",
            route="admin:funding_awardending_change",
            of=one.pk,
            more=f"Proposed by {one.proposed_by}",
            since=one.proposed_at,
        )


def counting(person: User, at: datetime) -> Iterable[Waiting]:
    """Why nothing can be approved, for those whose work it stops."""
    if not held_by(person) & (duties.PROPOSE | duties.DECIDE):
        return
    last = LedgerCheck.objects.last_made()
    if last and not last.is_clean:
        yield Waiting(
            says="The ledger does not add up: approvals are stopped",
            route="admin:funding_ledgercheck_changelist",
            since=last.checked_at,
        )
