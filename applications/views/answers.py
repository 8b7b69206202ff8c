"""The page of one question: its guidance and the answer."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.functional import cached_property

from applications import drafting, word_count
from applications.forms.answers import AnswerForm
from applications.models import Answer, Question
from applications.views.pages import FormPage


class AnswerPage(FormPage):
    template_name = "applications/answer_form.html"
    form_class = AnswerForm

    @cached_property
    def question(self) -> Question:
        asked = Question.objects.filter(
            question_set=self.application.competition.question_set_id, key=self.kwargs["key"]
        ).first()
        if asked is None:
            raise Http404
        return asked

    @property
    def section(self) -> str:  # type: ignore[override]
        return self.question.key

    def context(self) -> dict:
        return {**super().context(), "question": self.question}

    def last_save(self) -> Answer:
        given = self.application.answers.filter(question=self.question).first()
        return given or Answer(application=self.application, question=self.question, version=0)

    def saved(self) -> dict:
        return {"text": self.last_save().text}

    def form_options(self) -> dict:
        return {"question": self.question}

    def done(self, form=None, **more) -> HttpResponse:
        """Say so where what was saved is over its limit and has to be shortened before it is complete."""
        refusal = word_count.refusal(form.cleaned_data["text"], self.question.word_limit)
        if refusal and "complete" not in self.request.POST:
            messages.warning(self.request, f"{refusal} It is saved, and cannot be complete yet.")
        return super().done(form, **more)

    def save(self, form) -> None:
        drafting.save_answer(
            self.application, self.question, **form.cleaned_data, by=self.request.user, at=self.at
        )
