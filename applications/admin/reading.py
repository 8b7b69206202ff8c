"""An application as it is read in the office: answers, partners and costs, in a fixed number of queries."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import OuterRef, Q, Subquery, Sum, TextField, Value
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404

from accounts.models import Notification, User
from applications import told
from applications.models import (
    Application,
    Assessment,
    AssessmentStatus,
    Category,
    CostLine,
    Participant,
    Question,
)


@dataclass(frozen=True, slots=True)
class Answered:
    question: Question
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """One organisation's part and what it costs: ``costs`` pairs each category's name with its sum."""

    participant: Participant
    costs: list[tuple[str, Decimal]]


def assessment(person: User, pk: int) -> Assessment:
    """Return one whose application the person may read, with what its page prints; 404 for any other."""
    of_offers = Q(assessor=person, status=AssessmentStatus.PENDING)
    return get_object_or_404(_seen_by(person).exclude(of_offers), pk=pk)


def offer(person: User, pk: int) -> Assessment:
    """Return one that was offered to the person, whatever they answered; 404 for any other."""
    return get_object_or_404(_seen_by(person).filter(assessor=person), pk=pk)


def _seen_by(person: User):
    return Assessment.objects.visible_to(person).select_related(
        "application__competition", "assessor", "given_by"
    )


def answers(application: Application) -> list[Answered]:
    """Return every question of the form with the answer given, in the order of the form; one query."""
    given = application.answers.filter(question=OuterRef("pk")).values("text")
    questions = Question.objects.filter(question_set=application.competition.question_set_id)
    told = questions.order_by("position").annotate(
        given=Coalesce(Subquery(given), Value(""), output_field=TextField())
    )
    return [Answered(question, question.given) for question in told]


def parts(application: Application) -> list[Part]:
    """Return the organisations that take part, the lead first, with their costs by category."""
    sums = {
        (row["participant_id"], row["category"]): row["sum"]
        for row in CostLine.objects.filter(participant__application=application)
        .values("participant_id", "category")
        .annotate(sum=Sum("amount"))
        .order_by()
    }
    return [
        Part(
            participant,
            [
                (category.label, sums[participant.pk, category])
                for category in Category
                if (participant.pk, category) in sums
            ],
        )
        for participant in application.participants.select_related("work_area", "departure").order_by(
            "-is_lead", "name", "pk"
        )
    ]


def notifications(application: Application):
    """What anybody was owed about this application, its assessments or, being of it, its competition."""
    # Their ids first: with a subquery inside the "or", every notification there is would be looked at.
    given = list(application.assessments.values_list("pk", flat=True))
    about = told.of(application) | Q(subject_word="assessment", subject_id__in=given)
    return Notification.objects.filter(about).select_related("recipient").order_by("created_at", "pk")
