from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models

from accounts.models import Edited
from applications.models.application import Application, Participant
from applications.models.competition import Question


class SavedPage(Edited):
    """That an organisation's page of the form was saved: how often, and by whom and when the last time.

    page  a section that is one form, or ``overheads``; an answer and a cost line know their own
    """

    participant = models.ForeignKey(Participant, models.CASCADE, related_name="saved_pages")
    page = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participant", "page"], name="page_is_saved_in_one_place"),
        ]

    def __str__(self):
        return f"{self.participant_id}: {self.page}"


class Answer(Edited):
    """The text given to one question."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    text = models.TextField(blank=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "question"], name="answer_is_given_once"),
        ]
        # By what it says, to find proposals that are alike: see ``applications.desk.earlier``.
        indexes = [GinIndex(SearchVector("text", config="english"), name="answer_by_words")]

    def __str__(self):
        return f"{self.application_id}: {self.question_id}"
