from django import forms
from django.core.exceptions import ValidationError

from accounts.forms.widgets import CountedText
from applications import word_count
from applications.forms.drafts import DraftForm
from applications.models import Question


class AnswerForm(DraftForm):
    """The text given to one question. A draft may be over the word limit; it cannot be completed then."""

    text = forms.CharField(strip=False)

    def __init__(self, *args, question: Question, **options):
        super().__init__(*args, **options)
        self.word_limit = question.word_limit
        field = self.fields["text"]
        field.label = "Your answer"
        field.widget = CountedText({"rows": "18"}, max_words=question.word_limit)

    def clean_text(self) -> str:
        text = self.cleaned_data["text"]
        if refusal := word_count.beyond_keeping(text, self.word_limit):
            raise ValidationError(refusal)
        return text
