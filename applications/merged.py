"""What of an organisation's applications goes over when it is merged into another, and what follows."""

from accounts.merging import Moved
from accounts.models import Membership, Organisation
from applications.models import Assessment, Participant
from applications.workflow import ENDED


def clash(emptied: Organisation, kept: Organisation) -> list[str]:
    """An organisation takes part in an application once, so two parts of it cannot become one's."""
    theirs = Participant.objects.filter(organisation=kept).values("application")
    both = Participant.objects.filter(organisation=emptied, application__in=theirs)
    references = both.order_by("application__reference").values_list("application__reference", flat=True)
    return [f"Both take part in {', '.join(references)}."] if references else []


def warns(emptied: Organisation, kept: Organisation) -> list[str]:
    """Who assesses an application of the one while they belong to the other: they will be tied to it."""
    pair = [emptied, kept]
    people = Membership.objects.filter(organisation__in=pair).values("person")
    tied = Assessment.objects.filter(
        assessor__in=people, application__participants__organisation__in=pair
    ).exclude(status__in=ENDED)
    rows = tied.select_related("assessor", "application").order_by("application__reference", "pk").distinct()
    return [
        f"{row.assessor} assesses {row.application.reference} and belongs to one of the two. "
        "Nobody submits an assessment of their own organisation's application."
        for row in rows
    ]


PARTS = Moved(
    words=("application that it takes part in", "applications that it takes part in"),
    rows=lambda organisation: Participant.objects.filter(organisation=organisation),
    clash=clash,
    warns=warns,
)
