"""An application as it is read in the office: answers, partners and costs, in a fixed number of queries."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum
from django.shortcuts import get_object_or_404

from accounts.models import User
from applications.models import Application, Assessment, Category, CostLine, Participant, Question


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
    """Return one that the person may see, with what its page prints; 404 for any other."""
    found = Assessment.objects.visible_to(person).select_related(
        "application__competition", "assessor", "given_by"
    )
    return get_object_or_404(found, pk=pk)


def answers(application: Application) -> list[Answered]:
    """Return every question of the form with the answer given, in the order of the form."""
    texts = dict(application.answers.values_list("question_id", "text"))
    questions = Question.objects.filter(question_set=application.competition.question_set_id)
    return [Answered(question, texts.get(question.pk, "")) for question in questions.order_by("position")]


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
        for participant in application.participants.select_related("work_area").order_by(
            "-is_lead", "name", "pk"
        )
    ]
