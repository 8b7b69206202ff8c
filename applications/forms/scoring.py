"""The scoring page's form: a mark and feedback for each scored question, and the verdict."""

from collections.abc import Iterable, Mapping

from django import forms

from accounts.forms.fields import VersionField
from applications.assessment import scoring
from applications.models import VERDICT, Assessment, Question, Score

YES_OR_NO = (("yes", "Yes"), ("no", "No"))

#: More than anybody types; the word limit is said kindly, this one only bounds the row.
MOST_LETTERS = 20_000

VERDICT_LABELS = {
    "in_scope": "Is the project in scope?",
    "category_fits": "Does the research category fit the project?",
    "scope_reason": "Why is it in or out of scope, and of its category?",
    "fund": "Is the application suitable for funding?",
    "fund_reason": "Why should it, or should it not, be funded?",
    "note_to_staff": "Note to staff",
}
#: What is answered by yes or no.
CHOICES = ("in_scope", "category_fits", "fund")

VERDICT_HINTS = {
    "scope_reason": "One sentence is enough where the project is in scope.",
    "fund_reason": "The applicant reads this.",
    "note_to_staff": "Only the programme office reads this, never the applicant.",
}


class ScoringForm(forms.Form):
    """Reads what an assessor typed, complete or not; whether it can be submitted is asked of ``scoring``."""

    use_required_attribute = False
    version = VersionField()

    def __init__(self, questions: Iterable[Question], *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = list(questions)
        for question in self.questions:
            self.fields[mark_name(question)] = _mark(question)
            self.fields[feedback_name(question)] = _text(f"Feedback for question {question.number}")
        for name, label in VERDICT_LABELS.items():
            is_choice = name in CHOICES
            self.fields[name] = _yes_or_no(label) if is_choice else _text(label, VERDICT_HINTS[name])
        for name, field in self.fields.items():
            described = [f"{self[name].auto_id}_error", f"{self[name].auto_id}_count"]
            if field.help_text:
                described.insert(0, f"{self[name].auto_id}_hint")
            field.widget.attrs["aria-describedby"] = " ".join(described)

    def scores(self) -> dict[int, tuple[int | None, str]]:
        """Return mark and feedback by question id, of those questions where both could be read."""
        return {
            question.pk: (self.cleaned_data[mark_name(question)], self.cleaned_data[feedback_name(question)])
            for question in self.questions
            if mark_name(question) in self.cleaned_data and feedback_name(question) in self.cleaned_data
        }

    def verdict(self) -> dict:
        return {name: self.cleaned_data[name] for name in VERDICT if name in self.cleaned_data}

    def problems_beside(self, problems: Iterable[scoring.Problem]) -> list[scoring.Problem]:
        """Leave out those of questions that could not be read: what is kept of them is not what was typed.

        In their place stands what is wrong with the typed feedback.
        """
        unread = [
            question
            for question in self.questions
            if self.errors.keys() & {mark_name(question), feedback_name(question)}
        ]
        theirs = {name for question in unread for name in (mark_name(question), feedback_name(question))}
        typed = [
            problem
            for question in unread
            for problem in scoring.problems_of_feedback(
                question, self.cleaned_data.get(feedback_name(question), "")
            )
        ]
        return typed + [problem for problem in problems if problem.field not in theirs]

    def add_problems(self, problems: Iterable[scoring.Problem]) -> None:
        """Show what keeps the assessment from being submitted, each at its field."""
        for problem in problems:
            if not self.errors.get(problem.field):
                self.add_error(problem.field, problem.message)


def stored(assessment: Assessment, scores: Mapping[int, Score], questions: Iterable[Question]) -> dict:
    """Return what the form shows of an assessment as it is kept."""
    shown: dict[str, object] = {"version": assessment.version}
    for question in questions:
        score = scores.get(question.pk) or Score()
        shown[mark_name(question)] = score.mark
        shown[feedback_name(question)] = score.feedback
    for name in VERDICT:
        shown[name] = as_choice(getattr(assessment, name))
    return shown


def mark_name(question: Question) -> str:
    return f"mark-{question.pk}"


def feedback_name(question: Question) -> str:
    return f"feedback-{question.pk}"


def as_choice(value):
    """Turn True, False and None into the words that the radio buttons carry; leave texts as they are."""
    return {True: "yes", False: "no", None: ""}.get(value, value) if not isinstance(value, str) else value


def _mark(question: Question) -> forms.IntegerField:
    whole = f"Question {question.number}: the mark must be a whole number from 0 to {question.max_marks}"
    return forms.IntegerField(
        label=f"Mark for question {question.number}",
        min_value=0,
        max_value=question.max_marks,
        required=False,
        error_messages={"invalid": whole, "min_value": whole, "max_value": whole},
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "mark-input"}),
    )


def _text(label: str, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=MOST_LETTERS,
        required=False,
        widget=forms.Textarea({"rows": 5, "maxlength": False, "data-words": scoring.WORD_LIMIT}),
    )


def _yes_or_no(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=YES_OR_NO,
        coerce=lambda word: word == "yes",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
