"""What a person sees of a panel sheet, and how it is answered."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse

from accounts.models import User, regions_of
from applications.assessment import independence
from applications.assessment.standings import Standing
from applications.models import Competition, Stage
from funding import one_list
from funding.admin import waits
from funding.frozen import in_words
from funding.line import Cut, Line, Plan
from funding.models import READERS, Allocation, Budget, Outcome
from funding.open_proposals import Overlap
from funding.sheet import Sheet

#: What a page says of one budget.
OfBudget = TypeVar("OfBudget", Cut, Overlap)


@dataclass(frozen=True, slots=True)
class Without:
    """One assessor: how many assessments of theirs count, and what changes where all are left out.

    changes  what it is and what it would be, in words, with the references of which that is true
    """

    name: str
    assessments: int
    number: int
    changes: list[tuple[str, str, list[str]]]


def answer(request: HttpRequest, template: str, context: dict, status: int) -> TemplateResponse:
    headers = {"Retry-After": str(waits.RETRY_AFTER)} if status == 503 else None
    return TemplateResponse(
        request, f"admin/funding/allocation/{template}.html", context, status=status, headers=headers
    )


def bound_by(person, applications) -> str:
    """Why this person has no hand in these applications: an organisation of theirs takes part. Or nothing."""
    found = independence.tie([person], applications)
    return str(independence.OwnOrganisation(*found, by=person)) if found else ""


def visible_cuts(request: HttpRequest, cuts: list[OfBudget]) -> list[OfBudget]:
    """The budgets of a plan whose figures this person sees: the programme's are not a region's to read."""
    if None in regions_of(request.user, READERS):
        return cuts
    seen = set(Budget.objects.visible_to(request.user).values_list("pk", flat=True))
    return [cut for cut in cuts if cut.budget.pk in seen]


def visible_codes(request: HttpRequest, content: dict) -> set[str]:
    codes = [one["code"] for one in content["budgets"]]
    return set(Budget.objects.visible_to(request.user).filter(code__in=codes).values_list("code", flat=True))


def competitions(request: HttpRequest, code: str) -> tuple[Competition, list[Competition]]:
    """The competition with all of its list, for people who see the programme's money.

    404 for anybody else, as for a code that is not there.
    """
    found, regions = one_list.list_of(code), regions_of(request.user, READERS)
    if found is None or found[0].stage == Stage.SET_UP or not {None, found[0].region_id} & regions:
        raise Http404
    return found


def elsewhere(request: HttpRequest, together: list[Competition]) -> list[Competition]:
    """Those of one list whose applications this person does not read."""
    if None in regions_of(request.user, READERS):
        return []
    ids = [one.pk for one in together]
    read_by = Competition.objects.run_by(request.user, READERS)
    return list(
        Competition.objects.filter(pk__in=ids)
        .exclude(pk__in=read_by.values("pk"))
        .select_related("region")
        .order_by("code")
    )


def lines_without(sheet: Sheet) -> list[Without]:
    """Those without whom an outcome is another, whoever moves most first."""
    left_out = sheet.fragility.left_out
    names = {person.pk: str(person) for person in User.objects.filter(pk__in=left_out)}
    gave: dict[int, int] = defaultdict(int)
    for one in sheet.standings:
        for verdict in one.verdicts:
            gave[verdict.assessor_id] += 1
    lines = [
        Without(names[pk], gave[pk], len(others), _grouped(sheet.plan, others))
        for pk, others in left_out.items()
    ]
    return sorted(lines, key=lambda one: (-one.number, one.name))


def _grouped(plan: Plan, others: dict[int, Outcome | None]) -> list[tuple[str, str, list[str]]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line in plan.lines:
        pk = line.standing.application_id
        if pk in others:
            found[in_words(line.outcome), in_words(others[pk])].append(line.standing.reference)
    return [(was, would_be, references) for (was, would_be), references in found.items()]


def page_of(plan: Plan, lines: int) -> int | None:
    """The page of the list on which the line falls."""
    for at, line in enumerate(plan.lines):
        if plan.stopped_at is not None and line.standing.reference == plan.stopped_at.reference:
            return at // lines + 1
    return None


def decided_plan(allocation: Allocation, standings: list[Standing]) -> Plan:
    """The line as it was approved: the budgets have moved on since, so nothing is worked out again."""
    outcomes = {line.application_id: Outcome(line.outcome) for line in allocation.lines.all()}
    lines, total, stopped_at = [], Decimal("0.00"), None
    for standing in standings:
        outcome = outcomes.get(standing.application_id)
        if outcome == Outcome.FUND:
            total += standing.grant_sought
        elif outcome == Outcome.BELOW_LINE:
            stopped_at = stopped_at or standing
        lines.append(Line(standing=standing, outcome=outcome, running_total=total))
    return Plan(lines, [], stopped_at)
