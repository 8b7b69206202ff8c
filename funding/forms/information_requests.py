"""What is typed in the questions register: a question that came in, its answer, why it needs none."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from accounts.forms.fields import DayField
from accounts.forms.plain import PlainForm
from funding.models import Asker, RequestKind
from funding.register.answering import LONGEST_ANSWER, LONGEST_REASON
from funding.register.entering import LONGEST_QUESTION, LONGEST_REFERENCE
from funding.register.exemptions import LONGEST_NOTE, SECTIONS
from funding.register.ready_made import TABLES

CHOOSE = ("", "Choose")
#: What a form sends to have a report compiled now instead of choosing a kept one.
FRESH = "fresh"


class LogRequestForm(PlainForm):
    """A question that came in. ``covers`` has what the person may choose, each with its words."""

    kind = forms.ChoiceField(label="Kind", choices=[CHOOSE, *RequestKind.choices])
    asker = forms.ChoiceField(label="Who asks", choices=[CHOOSE, *Asker.choices])
    file_reference = forms.CharField(
        label="The office’s own reference (optional)", required=False, max_length=LONGEST_REFERENCE
    )
    covers = forms.ChoiceField(label="What it is about")
    received_on = DayField(label="Day it was received")
    due_on = DayField(label="Day it has to be answered by", required=False)
    question = forms.CharField(
        label="What is asked",
        max_length=LONGEST_QUESTION,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Enter what is asked"},
    )
    tables = forms.MultipleChoiceField(
        label="Tables that answer it",
        choices=list(TABLES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, covers: Iterable[tuple[str, str]] = (), **options):
        super().__init__(*args, **options)
        _offer(self, "covers", [CHOOSE, *covers])


class DueForm(PlainForm):
    """The day by which a question that is asked again has to be answered, where its kind says none."""

    due_on = DayField(label="Day it has to be answered by", required=False)


class ChooseReportForm(PlainForm):
    """The report that an answer is from. ``reports`` are the kept ones, each with its words."""

    report = forms.ChoiceField(label="Report")

    def __init__(self, *args, reports: Iterable[tuple[str, str]] = (), **options):
        super().__init__(*args, **options)
        _offer(self, "report", [(FRESH, "Compile a fresh report now"), *reports])


def _note(section: str) -> forms.CharField:
    """Why a section of the Act is relied on; empty where it is not."""
    wide = forms.TextInput(attrs={"size": 70})
    return forms.CharField(label=SECTIONS[section], required=False, max_length=LONGEST_NOTE, widget=wide)


class AnswerRequestForm(PlainForm):
    """An answer with what it quotes and what it relies on. ``tables`` are the report's, by their names."""

    fingerprint = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    tables = forms.MultipleChoiceField(
        label="Tables that the answer quotes", required=False, widget=forms.CheckboxSelectMultiple
    )
    answer = forms.CharField(
        label="Answer",
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": "Enter the answer"},
    )
    section_12 = _note("12")
    section_21 = _note("21")
    section_22 = _note("22")
    section_40 = _note("40")
    section_41 = _note("41")
    section_43 = _note("43")

    def __init__(self, *args, tables: Mapping[str, str] | None = None, **options):
        super().__init__(*args, **options)
        _offer(self, "tables", list((tables or {}).items()))

    @property
    def sections(self) -> list[Any]:
        """The fields of the exemptions, in the order of the Act."""
        return [self[f"section_{number}"] for number in SECTIONS]

    @property
    def exemptions(self) -> dict[str, str]:
        """Of a valid form: the notes that were written, by the number of their section."""
        notes = {number: self.cleaned_data[f"section_{number}"] for number in SECTIONS}
        return {number: note for number, note in notes.items() if note}


class WithdrawRequestForm(PlainForm):
    reason = forms.CharField(
        label="Why it needs no answer",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why it needs no answer"},
    )


def notes(exemptions: Mapping[str, str]) -> dict[str, str]:
    """The fields of the exemptions as they were noted, for a form to begin with."""
    return {f"section_{number}": exemptions.get(number, "") for number in SECTIONS}


def _offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
