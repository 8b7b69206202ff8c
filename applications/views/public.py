"""The pages anybody may read: the competitions and what each asks for."""

from collections.abc import Iterable

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.models import Region, Size
from accounts.views.arrival import arrived_at
from applications import fit, readiness, rules, waivers
from applications.forms.search import SearchForm
from applications.models import Competition, CompetitionQuerySet, IntensityTable, ResearchCategory, State
from applications.views import fit as fit_pages
from applications.views.pages import REFUSED

GROUPS = (
    (State.OPEN, "Open for applications"),
    (State.OPENING_SOON, "Opening soon"),
    (State.CLOSED, "Closed"),
)
#: What stands on a competition's page, by the ids of its headings.
HEADINGS = (
    ("who", "Who can apply"),
    ("scope", "What is in scope"),
    ("dates", "Dates"),
    ("money", "Money"),
    ("apply", "How to apply"),
    ("questions", "What you will be asked"),
    ("chosen", "How applications are chosen"),
    ("notes", "Notes and sources"),
)
#: How many competitions stand on one page of the list.
A_PAGE = 50
SIZES = [*Size.choices, ("non_business", "Not a business")]


def competition_list(request: HttpRequest) -> HttpResponse:
    """All of them, or what a search and its filters leave, by state and in pages."""
    at = arrived_at(request)
    visible = Competition.objects.visible_to(request.user)
    form = SearchForm(
        request.GET, themes=themes_of(visible), regions=Region.objects.prefetch_related("areas")
    )
    is_valid = form.is_valid()
    found = form.narrow(visible.select_related("region"), at).by_state(at)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    by_state: dict[str, list[Competition]] = {state: [] for state, _ in GROUPS}
    for competition in page:
        by_state[State.CLOSED if competition.state == State.SET_UP else competition.state].append(competition)
    context = {
        "form": form,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "groups": [(heading, state, by_state[state]) for state, heading in GROUPS],
    }
    return render(request, "applications/competition_list.html", context, status=200 if is_valid else REFUSED)


def themes_of(competitions: CompetitionQuerySet) -> list[str]:
    """Every theme of these, each once."""
    return sorted({theme for themes in competitions.values_list("themes", flat=True) for theme in themes})


def competition_page(request: HttpRequest, code: str) -> HttpResponse:
    at = arrived_at(request)
    visible = Competition.objects.visible_to(request.user)
    competition = get_object_or_404(
        visible.select_related("region", "question_set", "intensity_table"), code=code
    )
    state = competition.state_at(at)
    questions = competition.question_set.questions.order_by("position") if competition.question_set else []
    areas = list(competition.region.areas.order_by("name"))
    context = {
        "competition": competition,
        "state": state,
        "is_open": state == State.OPEN,
        "may_check": fit_pages.is_open_to_check(request, competition),
        "may_start": fit_pages.may_start(request, competition),
        "contents": contents(competition, questions),
        "rules": fit.findings(competition, fit.Answers(), waiver_by=None),
        "amount_rule": rules.amount_rule(competition),
        "waiver_by": waivers.last_day(competition) if waivers.can_be_asked(competition, at=at) else None,
        "core": [area.name for area in areas if area.is_core],
        "wider": [area.name for area in areas if not area.is_core],
        "questions": questions,
        "percentages": percentages(competition.intensity_table),
        "sizes": [label for _, label in SIZES],
        "missing": readiness.missing(competition) if state == State.SET_UP else [],
    }
    return render(request, "applications/competition_page.html", context)


def contents(competition: Competition, questions: Iterable) -> list[tuple[str, str]]:
    """The headings of the page by their ids, without those that this competition has nothing under."""
    is_there = {"questions": bool(questions), "notes": bool(competition.notes or competition.sources)}
    return [(key, heading) for key, heading in HEADINGS if is_there.get(key, True)]


def percentages(table: IntensityTable | None) -> list[tuple[str, list[tuple]]]:
    """Return a row per research category: its label, and each size with its maximum, as ``SIZES`` stand."""
    if table is None:
        return []
    cells = {(cell.research_category, cell.size): cell.percentage for cell in table.cells.all()}
    return [
        (label, [(name, cells.get((category, size))) for size, name in SIZES])
        for category, label in ResearchCategory.choices
    ]
