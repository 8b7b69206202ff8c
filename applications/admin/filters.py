from accounts.admin.records import VisibleChoices
from applications.models import Competition


class CompetitionChoices(VisibleChoices):
    """Names the competitions that the person works on, and not all that are public."""

    def rows(self, model, user):
        return Competition.objects.run_by(user)
