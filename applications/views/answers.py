"""The page of one question: its guidance and the answer."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.functional import cached_property

from applications import drafting, reading, word_count
from applications.assessment import bands
from applications.forms.answers import AnswerForm
from applications.models import Answer, Question
from applications.views.pages import FormPage


class AnswerPage(FormPage):
    template_name = "applications/answer_form.html"
    form_class = AnswerForm
    READ = (*FormPage.READ, "answer")

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
        return {
            **super().context(),
            "question": self.question,
            "bands": bands.BANDS if self.is_in_bands else (),
            "earlier": self.earlier,
            "copied": self.copied,
            "is_put_in": self.is_put_in,
            "replaced": self.last_save().text if self.copied else "",
        }

    @property
    def is_in_bands(self) -> bool:
        return self.question.is_scored and self.question.max_marks == bands.OUT_OF

    @cached_property
    def earlier(self) -> list[Answer]:
        return reading.earlier_answers(self.participant, self.question, reader=self.request.user)

    @property
    def copied(self) -> Answer | None:
        """The earlier answer that was chosen, to be looked at or put into the field."""
        chosen = self.request.GET.get("copy")
        return next((one for one in self.earlier if one.application.reference == chosen), None)

    @property
    def is_put_in(self) -> bool:
        return self.copied is not None and "into" in self.request.GET and self.request.method == "GET"

    def form(self, data=None):
        form = super().form(data)
        if data is None and self.is_put_in:
            form.initial["text"] = self.copied.text
        return form

    @cached_property
    def answer(self) -> Answer:
        given = self.application.answers.filter(question=self.question).first()
        return given or Answer(application=self.application, question=self.question, version=0)

    def last_save(self) -> Answer:
        return self.answer

    def saved(self) -> dict:
        return {"text": self.last_save().text}

    def form_options(self) -> dict:
        return {"question": self.question}

    def done(self, form=None, **more) -> HttpResponse:
        """Say so where what was saved is over its limit and has to be shortened before it is complete."""
        refusal = word_count.refusal(form.cleaned_data["text"], self.question.word_limit)
        if refusal and "complete" not in self.request.POST and not self.is_autosave:
            messages.warning(self.request, f"{refusal} It is saved, and cannot be complete yet.")
        return super().done(form, **more)

    def facts(self, form) -> dict:
        text = form.cleaned_data["text"]
        over = word_count.refusal(text, self.question.word_limit)
        return {**super().facts(form), "words": word_count.count(text), "over": over}

    def save(self, form) -> None:
        drafting.save_answer(
            self.application,
            self.question,
            **form.cleaned_data,
            by=self.request.user,
            at=self.at,
            is_autosave=self.is_autosave,
        )
