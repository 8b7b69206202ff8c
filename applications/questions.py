"""The questions that an application answers, read once."""

from applications.models import Application, Question


def of(application: Application) -> list[Question]:
    """Return the questions of its competition in their order.

    One query, and none when the same ``application`` is asked again.
    """
    return application.competition.questions
