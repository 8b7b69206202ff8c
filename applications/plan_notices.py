"""What an assessor is told when many applications come to them at once."""

from accounts.letters import Button, Facts, Placeholder, Values
from accounts.models import Notification, User
from accounts.wording import OFFERED, Example, Kind
from applications.assessment_notices import ASSESSMENTS_GIVEN, BECAUSE_ASSESSOR
from applications.models import Assessment, AssignmentPlan
from applications.notice_parts import COMPETITION, page


def _plan(notification: Notification) -> AssignmentPlan | None:
    plans = AssignmentPlan.objects.select_related("competition")
    return plans.filter(pk=notification.subject_id).first()


def _owed(notification: Notification):
    """What the reader has still to do of all that this plan gave them."""
    plan = notification.looked_up(_plan)
    owed = Assessment.objects.visible_to(notification.recipient).owed_by(notification.recipient)
    return owed.filter(application__competition=plan.competition_id, given_at=plan.carried_out_at)


def assessments_given(notification: Notification) -> Values:
    assessments = page("admin:applications_assessment_changelist")
    plan, owed = notification.looked_up(_plan), _owed(notification)
    references = owed.order_by("application__reference").values_list("application__reference", flat=True)
    return {
        "competition": str(plan.competition),
        "count": str(len(references)),
        "facts": Facts(
            (("Competition", str(plan.competition)), ("Applications", ", ".join(references) or "none"))
        ),
        "assessments_button": Button("See your assessments", assessments),
    }


def is_owed(notification: Notification) -> bool:
    return notification.looked_up(_plan) is not None and _owed(notification).exists()


def competition_of_plan(notification: Notification) -> str:
    return notification.looked_up(_plan).competition.code


def latest_plans(viewer: User, scope: str) -> list[Example]:
    plans = AssignmentPlan.objects.visible_to(viewer).exclude(carried_out_at=None)
    of_scope = plans.filter(competition__code=scope) if scope else plans
    rows = of_scope.select_related("competition").order_by("-pk")[:OFFERED]
    return [Example(row.pk, f"{row.competition.code}: {row}") for row in rows]


KINDS = (
    Kind(
        name=ASSESSMENTS_GIVEN,
        title="Applications to assess",
        to="the assessor",
        when="when a plan that gives them several applications is carried out",
        subject_word="plan",
        placeholders=(
            COMPETITION,
            Placeholder("count", "how many they are", invented="12"),
            Placeholder("facts", "a table of the competition and the references", is_block=True),
            Placeholder("assessments_button", "the link to their list", is_block=True, is_required=True),
        ),
        values=assessments_given,
        examples=latest_plans,
        because=BECAUSE_ASSESSOR,
        still_true=is_owed,
        may_read=is_owed,
        scope=competition_of_plan,
        may_wait=True,
    ),
)
