"""The page of one question: its guidance, the answer, and both texts where two people wrote at once."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import cached_property

from applications import drafting
from applications.editing import StaleVersion
from applications.forms.answers import AnswerForm
from applications.models import Answer, Question
from applications.views.pages import CONFLICT, FormPage


class AnswerPage(FormPage):
    template_name = "applications/answer_form.html"

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

    @cached_property
    def answer(self) -> Answer | None:
        return self.application.answers.filter(question=self.question).first()

    def context(self) -> dict:
        return {**super().context(), "question": self.question, "answer": self.answer}

    def form(self, data=None) -> AnswerForm:
        text, version = (self.answer.text, self.answer.version) if self.answer else ("", 0)
        return AnswerForm(data, question=self.question, initial={"text": text, "version": version})

    def save(self, form) -> None:
        self.answer = drafting.save_answer(
            self.application,
            self.question,
            form.cleaned_data["text"],
            version=form.cleaned_data["version"],
            by=self.request.user,
            at=self.at,
        )

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            return super().post(request, *args, **kwargs)
        except StaleVersion as refusal:
            return self.conflict(refusal.current)

    def conflict(self, current: Answer) -> HttpResponse:
        """Show the text that was saved in between above the one typed; saving again replaces it knowingly."""
        problem = "Somebody else saved this answer after you opened it. Nothing of yours was saved yet."
        return self.show(
            CONFLICT, form=self.with_version(current.version), problems=[problem], current=current
        )

    def shown_again(self, form):
        return self.with_version(self.answer.version)

    def with_version(self, version: int) -> AnswerForm:
        data = self.request.POST.copy()
        data["version"] = str(version)
        form = AnswerForm(data, question=self.question)
        form.is_valid()
        return form
