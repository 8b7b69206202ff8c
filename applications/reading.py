"""An application as it is read as a whole: by its members, when checking it, and by whoever prints it."""

from dataclasses import dataclass
from decimal import Decimal

from applications import eligibility
from applications.models import Application, Category, CompletedSection, CostLine, Participant, Question
from applications.sections import Group, Progress, Section


@dataclass(frozen=True, slots=True)
class Part:
    """One organisation's part: its row, its costs by category and its other funding."""

    participant: Participant
    costs: list[tuple[Category, list[CostLine], Decimal]]
    sources: list


def questions_and_answers(application: Application) -> list[tuple[Question, str]]:
    """Return every question in its order with the answer's text, empty where there is none."""
    texts = dict(application.answers.values_list("question_id", "text"))
    questions = application.competition.question_set.questions.order_by("position")
    return [(question, texts.get(question.pk, "")) for question in questions]


def parts(application: Application) -> list[Part]:
    """Return the organisations' parts, the lead first, in three queries whatever their number."""
    participants = (
        application.participants.select_related("work_area")
        .prefetch_related("cost_lines", "funding_sources")
        .order_by("-is_lead", "pk")
    )
    return [
        Part(participant, cost_table(participant), list(participant.funding_sources.all()))
        for participant in participants
    ]


def cost_table(participant: Participant) -> list[tuple[Category, list[CostLine], Decimal]]:
    """Return each of the seven categories with its lines and their sum."""
    lines: dict[str, list[CostLine]] = {category: [] for category in Category.values}
    for line in sorted(participant.cost_lines.all(), key=lambda line: line.pk):
        lines[line.category].append(line)
    return [
        (category, lines[category], sum((line.amount for line in lines[category]), Decimal("0.00")))
        for category in Category
    ]


def task_list(application: Application) -> list[tuple[Group, list[tuple[Section, Progress]]]]:
    """Return the sections by group, each with how far it is."""
    complete = set(CompletedSection.objects.filter(application=application).values_list("section", flat=True))
    begun = _begun(application)
    groups: dict[Group, list[tuple[Section, Progress]]] = {group: [] for group in Group}
    for section in eligibility.form_sections(application):
        groups[section.group].append((section, _progress(section.key, complete, begun)))
    return list(groups.items())


def _progress(key: str, complete: set[str], begun: set[str]) -> Progress:
    if key in complete:
        return Progress.COMPLETED
    return Progress.IN_PROGRESS if key in begun else Progress.NOT_STARTED


def _begun(application: Application) -> set[str]:
    lead = application.participants.get(is_lead=True)
    begun = set(application.answers.exclude(text="").values_list("question__key", flat=True))
    signs = {
        "details": application.title or application.start_on or application.duration_months,
        "organisation": lead.work_postcode or lead.work_area_id or lead.elsewhere or lead.terms_accepted_at,
        "costs": lead.overhead_method or lead.total_costs,
        "funding": lead.percentage_asked is not None,
        "declarations": application.has_russian_involvement is not None
        or application.is_exploited_from_uk is not None,
    }
    return begun | {key for key, sign in signs.items() if sign}
