"""An application as it is read as a whole: by its members, when checking it, and by whoever prints it."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from accounts.models import Membership, User
from applications import completeness, eligibility, questions
from applications.models import (
    Answer,
    Application,
    Category,
    CostLine,
    Participant,
    Question,
)
from applications.parts import of as parts_of
from applications.sections import Group, Progress, Section

#: So many earlier answers are offered.
MOST_EARLIER = 20


@dataclass(frozen=True, slots=True)
class Part:
    """One organisation's part: its row, its costs by category and its other funding."""

    participant: Participant
    costs: list[tuple[Category, list[CostLine], Decimal]]
    sources: list


@dataclass(frozen=True, slots=True)
class Task:
    """A section in the task list; ``percent`` of what it must have is there."""

    section: Section
    progress: Progress
    percent: int


def with_people_and_answered(found):
    """Annotate applications with the ids of their organisations' people and the keys of what is answered."""
    people = Membership.objects.filter(organisation__participations__application=OuterRef("pk"))
    given = Application.objects.filter(pk=OuterRef("pk"), answers__text__gt="")
    return found.annotate(
        people=ArraySubquery(people.order_by("person").values("person").distinct()),
        answered=ArraySubquery(given.values("answers__question__key")),
    )


def questions_and_answers(application: Application) -> list[tuple[Question, str]]:
    """Return every question in its order with the answer's text, empty where there is none."""
    texts = dict(application.answers.values_list("question_id", "text"))
    return [(question, texts.get(question.pk, "")) for question in questions.of(application)]


def earlier_answers(lead: Participant, question: Question, *, reader: User) -> list[Answer]:
    """Return what the organisation of ``lead`` answered to the same question elsewhere, the newest first.

    Of the applications that ``reader`` may read as a member of that organisation, whatever came of them.
    """
    elsewhere = Application.objects.of_members_like(reader).filter(
        participants__organisation=lead.organisation_id
    )
    answers = Answer.objects.filter(question__key=question.key, application__in=elsewhere)
    found = answers.exclude(application=lead.application_id).exclude(text="")
    return list(found.select_related("application__competition").order_by("-saved_at", "-pk")[:MOST_EARLIER])


def parts(application: Application) -> list[Part]:
    """Return the organisations' parts, the lead first, in three queries whatever their number."""
    return [
        Part(participant, cost_table(participant), list(participant.funding_sources.all()))
        for participant in parts_of(application)
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


def task_list(application: Application) -> list[tuple[Group, list[Task]]]:
    """Return the sections by group, each with how far it is."""
    complete = eligibility.completed(application)
    answered, lead = _answered(application), parts_of(application)[0]
    begun = _begun(application, lead, answered)
    groups: dict[Group, list[Task]] = {group: [] for group in Group}
    for section in eligibility.form_sections(application):
        state = _progress(section.key, complete, begun)
        percent = (
            100
            if state == Progress.COMPLETED
            else completeness.percent(application, lead, section.key, answered)
        )
        groups[section.group].append(Task(section, state, percent))
    return list(groups.items())


def _progress(key: str, complete: set[str], begun: set[str]) -> Progress:
    if key in complete:
        return Progress.COMPLETED
    return Progress.IN_PROGRESS if key in begun else Progress.NOT_STARTED


def _answered(application: Application) -> set[str]:
    """The keys of the questions that have a text, as read with the application or, where not, now."""
    if "answered" in vars(application):
        return set(application.answered)
    return set(application.answers.exclude(text="").values_list("question__key", flat=True))


def _begun(application: Application, lead: Participant, answered: set[str]) -> set[str]:
    signs = {
        "details": application.title or application.start_on or application.duration_months,
        "organisation": lead.work_postcode or lead.work_area_id or lead.elsewhere or lead.terms_accepted_at,
        "costs": lead.overhead_method or lead.total_costs,
        "funding": lead.percentage_asked is not None,
        "declarations": application.has_russian_involvement is not None
        or application.is_exploited_from_uk is not None,
    }
    return answered | {key for key, sign in signs.items() if sign}
