"""What the demonstration publishes of its awards, at addresses and under identifiers of its own."""

from datetime import datetime, timedelta

from accounts import london
from accounts.models import User
from applications.models import Competition
from funding.exports import open_data as files
from funding.models import Award, AwardStatus
from funding.open_data import embargo, publishing

#: Of each round, in the order of the awards; the rest stay under embargo.
LIFTED = 2
LATER = timedelta(days=30)


def publish(competitions: list[Competition], *, by: User, at: datetime) -> None:
    """Lift the embargo of two accepted awards of each round, set a day for the third, and publish."""
    today = london.day_of(at)
    for competition in competitions:
        awards = list(
            Award.objects.filter(application__competition=competition, status=AwardStatus.COMMITTED).order_by(
                "pk"
            )
        )
        if awards[:LIFTED]:
            why = "The organisations have announced it."
            embargo.set_until(competition, awards[:LIFTED], today, why, by=by, at=at)
        if awards[LIFTED:]:
            why = "They announce it next month."
            embargo.set_until(competition, awards[LIFTED:], today + LATER, why, by=by, at=at)
    seen = publishing.preview(by, of_demonstration=True, at=at).fingerprint
    publishing.publish(
        "To show what a publication is.",
        seen,
        sizes=files.sizes,
        of_demonstration=True,
        by=by,
        at=at,
    )
