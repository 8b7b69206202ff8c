"""What one choice for several lines will do, worked out before anything is done."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import TextChoices

from accounts.models import User
from accounts.refusals import Refusal
from applications.assessment import counting, independence
from applications.models import Competition
from applications.workflow import Status
from funding import duties, ledger, line_decisions, refused, verdicts
from funding.line import Cut
from funding.models import Allocation, AllocationLine, Budget, LineDecision, Verdict
from funding.places import Place
from funding.sheet import drawn_on_by

#: The status that each verdict gives.
BECOMES = {
    Verdict.FUND: Status.SUCCESSFUL,
    Verdict.REJECT: Status.UNSUCCESSFUL,
    Verdict.HOLD: Status.ON_HOLD,
    Verdict.RESERVE: Status.RESERVE,
    Verdict.TAKEN_BACK: Status.IN_ASSESSMENT,
}

#: As people read a line's state: one that is assessed waits for its verdict.
UNDECIDED = "Undecided"


class Choice(TextChoices):
    """What may be chosen for several lines at once."""

    RECOMMENDED = "recommended", "As recommended"
    FUND = Verdict.FUND.value, "Fund"
    REJECT = Verdict.REJECT.value, "Do not fund"
    HOLD = Verdict.HOLD.value, "Hold"
    RESERVE = Verdict.RESERVE.value, "Keep in reserve"
    TAKE_BACK = Verdict.TAKEN_BACK.value, "Take the decision back"

    def verdict_on(self, line: AllocationLine) -> Verdict:
        return verdicts.recommended(line) if self == Choice.RECOMMENDED else Verdict(self.value)


def state_of(status: str) -> str:
    return UNDECIDED if status == Status.IN_ASSESSMENT else Status(status).label


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One line: what it is and becomes, or why it will be refused."""

    line: AllocationLine
    now: str
    becomes: str
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Prospect:
    rows: list[Foreseen]
    cuts: list[Cut]

    @property
    def refused(self) -> int:
        return sum(bool(row.refused) for row in self.rows)

    @property
    def done(self) -> int:
        return len(self.rows) - self.refused


def foresee(
    allocation: Allocation, lines: Iterable[AllocationLine], choice: Choice, reason: str, *, by: User
) -> Prospect:
    """Judge each line as its decision will, in their order, and add up what each budget gives.

    Nothing is locked: what others do meanwhile is seen when it is carried out.
    """
    lines = list(
        verdicts.lines()
        .filter(pk__in=[line.pk for line in lines])
        .select_related("application__competition", "allocation__proposed_by")
        .order_by("position")
    )
    latest = latest_of(lines)
    purse = _Purse(allocation.competitions.all())
    stopped = ledger.stop()
    ids = [line.application_id for line in lines]
    tied = independence.tie([by, allocation.proposed_by], ids)
    conflicted = set(counting.in_conflict().filter(application__in=ids).values_list("application", flat=True))
    rows = []
    for line in lines:
        verdict, status = choice.verdict_on(line), line.application.status
        try:
            _judge(line, verdict, reason, latest.get(line.pk), by)
            if tied:
                independence.check([by, allocation.proposed_by], [line.application_id], by=by)
            if verdict != Verdict.TAKEN_BACK and line.application_id in conflicted:
                raise verdicts.InConflict([line.application.reference])
            if verdict == Verdict.FUND:
                if stopped:
                    raise ledger.ApprovalsStopped(stopped)
                purse.take(line)
            elif status == Status.SUCCESSFUL:
                purse.give_back(line)
        except Refusal as refusal:
            rows.append(Foreseen(line, state_of(status), "", refused.told(refusal, by)))
        else:
            rows.append(Foreseen(line, state_of(status), state_of(BECOMES[verdict])))
    return Prospect(rows, purse.cuts())


def latest_of(lines: Iterable[AllocationLine]) -> dict[int, LineDecision]:
    """The last decision on each line that has one, by the line's id."""
    rows = LineDecision.objects.filter(line__in=[line.pk for line in lines])
    rows = rows.select_related("decided_by").order_by("line", "-pk").distinct("line")
    return {row.line_id: row for row in rows}


def _judge(
    line: AllocationLine, verdict: Verdict, reason: str, latest: LineDecision | None, by: User
) -> None:
    """As ``line_decisions`` asks, in its order; whoever opens this page holds the role."""
    allocation = line.allocation
    if by.pk == allocation.proposed_by_id:
        raise duties.SamePerson(by)
    verdicts.check(line, line.application, verdict, reason, latest=lambda: latest)
    line_decisions.refuse_while_released(line)
    if verdict == Verdict.TAKEN_BACK:
        line_decisions.refuse_if_raised(line)
    elif changed := verdicts.changed([line], {line.application_id: line.application}):
        raise verdicts.SheetChanged(changed)


class _Purse:
    """What each budget has left while the lines are gone through."""

    def __init__(self, competitions: Iterable[Competition]):
        self.drawn = drawn_on_by(competitions)
        self.budgets = {one.pk: one for of_one in self.drawn.values() for one in of_one}
        self.left = {pk: budget.available for pk, budget in self.budgets.items()}

    def take(self, line: AllocationLine) -> None:
        drawn = self._drawn_on(line)
        for budget in drawn:
            if line.gives > self.left[budget.pk]:
                short = copy(budget)
                short.available = self.left[budget.pk]
                raise ledger.NotEnough(short, Place.AVAILABLE, line.gives)
        self._move(drawn, -line.gives)

    def give_back(self, line: AllocationLine) -> None:
        self._move(self._drawn_on(line), line.gives)

    def cuts(self) -> list[Cut]:
        return [
            Cut(budget=budget, available=budget.available, taken=budget.available - self.left[pk])
            for pk, budget in self.budgets.items()
        ]

    def _drawn_on(self, line: AllocationLine) -> list[Budget]:
        return self.drawn[line.application.competition.code]

    def _move(self, drawn: Iterable[Budget], amount: Decimal) -> None:
        for budget in drawn:
            self.left[budget.pk] += amount
