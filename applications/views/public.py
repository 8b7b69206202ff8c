"""The pages anybody may read: the competitions and what each asks for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.models import Size
from accounts.roles import Role, held_by
from accounts.views.arrival import arrived_at
from applications import readiness
from applications.models import Competition, IntensityTable, ResearchCategory, State

GROUPS = (
    (State.OPEN, "Open for applications"),
    (State.OPENING_SOON, "Opening soon"),
    (State.CLOSED, "Closed"),
)
SIZES = [*Size.choices, ("non_business", "Not a business")]


def competition_list(request: HttpRequest) -> HttpResponse:
    at = arrived_at(request)
    listed = (
        Competition.objects.visible_to(request.user).select_related("region").order_by("closes_at", "code")
    )
    by_state: dict[State, list[Competition]] = {state: [] for state, _ in GROUPS}
    for competition in listed:
        state = competition.state_at(at)
        competition.state = state
        by_state[State.CLOSED if state == State.SET_UP else state].append(competition)
    groups = [(heading, state, by_state[state]) for state, heading in GROUPS]
    return render(request, "applications/competition_list.html", {"groups": groups, "at": at})


def competition_page(request: HttpRequest, code: str) -> HttpResponse:
    at = arrived_at(request)
    visible = Competition.objects.visible_to(request.user)
    competition = get_object_or_404(
        visible.select_related("region", "question_set", "intensity_table"), code=code
    )
    state = competition.state_at(at)
    questions = competition.question_set.questions.order_by("position") if competition.question_set else []
    context = {
        "competition": competition,
        "state": state,
        "is_open": state == State.OPEN,
        "areas": competition.region.areas.order_by("-is_core", "name"),
        "questions": questions,
        "percentages": percentages(competition.intensity_table),
        "sizes": [label for _, label in SIZES],
        "missing": readiness.missing(competition) if state == State.SET_UP else [],
        "may_apply": not request.user.is_authenticated or Role.APPLICANT in held_by(request.user),
    }
    return render(request, "applications/competition_page.html", context)


def percentages(table: IntensityTable | None) -> list[tuple[str, list[tuple]]]:
    """Return a row per research category: its label, and each size with its maximum, as ``SIZES`` stand."""
    if table is None:
        return []
    cells = {(cell.research_category, cell.size): cell.percentage for cell in table.cells.all()}
    return [
        (label, [(name, cells.get((category, size))) for size, name in SIZES])
        for category, label in ResearchCategory.choices
    ]
