"""Every field of our own forms is of a declared kind, and takes and refuses what that kind does."""

import importlib
import pkgutil
from decimal import Decimal

import pytest
from django import forms

import accounts.forms
import applications.forms
from accounts.forms.fields import DayField, PercentField, PoundsField, VersionField, WholeNumberField
from accounts.models import Membership, Organisation, Region, User
from applications.assessment.marks import Marks
from applications.desk.checks import Check
from applications.forms.moment import LocalMoment
from applications.forms.reminders import RemindersField
from applications.models import Competition, Question
from funding.forms.part_awards import Partial
from funding.models import AllocationLine, Budget
from tests.inputs import FOR_NOBODY, KINDS

pytestmark = pytest.mark.django_db

for package in (accounts.forms, applications.forms):
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")

OURS = ("accounts.", "applications.", "funding.")
LIMITED = Competition(limit_basis="project_cost", limit_max=Decimal(100_000), duration_max=12)
COLLABORATIVE = Competition(
    limit_basis="project_cost", limit_max=Decimal(100_000), lead_types=["uk_registered_business"],
    needs_partners=True, research_participation_max=30, subsidy_basis="minimal_financial_assistance",
)  # fmt: skip
MEMBER = Membership(organisation=Organisation(name="Mersey Ltd"), person=User(name="Ada"), may_edit=True)
QUESTION = Question(pk=1, number=1, word_limit=400, max_marks=10)

#: What a form needs to be made, by its name; the others need only what was typed.
MADE = {
    "AnswerForm": lambda form, data: form(data, question=QUESTION),
    "PartForm": lambda form, data: form(data, areas=[]),
    "FundingForm": lambda form, data: form(data, maximum=Decimal(100)),
    "TakeBackForm": lambda form, data: form(1, data),
    "ScoringForm": lambda form, data: form([QUESTION], data),
    "AppointmentForm": lambda form, data: form([], data),
    "ScenarioForm": lambda form, data: form(
        {"part_0": "LP-1", **(data or {})},
        tags={"region:LCR": "Region: LCR"},
        references={"LP-1": "LP-1"},
        budgets={"POT": "The pot"},
        partial=[Partial("LP-1", "One", {1: ("Aspen Ltd", Decimal("9000000.00"))})],
    ),
    "LinesForm": lambda form, data: form(AllocationLine.objects.none(), data),
    "MoveForm": lambda form, data: form([Budget(code="POT", name="The pot")], data),
    "EmbargoForm": lambda form, data: form([], data),
    "MemberForm": lambda form, data: form(MEMBER, data),
    "GiveForm": lambda form, data: form(0, data),
    "FitForm": lambda form, data: form(data, competition=COLLABORATIVE, areas=[]),
    "FundingViewForm": lambda form, data: form(data, competitions=["HERE"], regions=[("LCR", "Liverpool")]),
    "SearchForm": lambda form, data: form(data, themes=[], regions=[]),
    "ExcludeForm": lambda form, data: form(Marks([], [], None, Decimal(0), None, False), data),
    "ReplaceForm": lambda form, data: form(User.objects.none(), data),
    "InviteAssessorForm": lambda form, data: form(data, regions=Region.objects.none()),
    "LeavingForm": lambda form, data: form([], data),
    "DeskForm": lambda form, data: form([Check.COSTS], data),
    "LogRequestForm": lambda form, data: form(data, covers=[("programme", "The whole programme")]),
    "ChooseReportForm": lambda form, data: form(data, reports=[("1", "Report 1")]),
    "AnswerRequestForm": lambda form, data: form(data, tables={"projects": "Projects funded"}),
    "WaiverForm": lambda form, data: form(LIMITED, data),
}
#: Made by Django from a model, or a choice beside a list: tested with their pages.
APART = {"CompetitionForm", "AgainForm", "GiveSelectedForm", "ActionForm"}

#: The kind of a field that its class does not tell.
BY_NAME = {
    "company_number": "company number",
    "postcode": "postcode",
    "employer_number": "company number",
    "employer_parent_number": "company number",
    "earlier_employer_number": "company number",
    "parent_number": "company number",
    "work_postcode": "postcode",
    "name": "name",
    "role": "name",
}
BY_CLASS = (
    (VersionField, "carried"),
    (PoundsField, "pounds"),
    (PercentField, "percent"),
    (WholeNumberField, "whole number"),
    (DayField, "day"),
    (LocalMoment, "moment"),
    (RemindersField, "lead times"),
    (forms.BooleanField, "tick"),
    (forms.MultipleChoiceField, "choice"),
    (forms.ChoiceField, "choice"),
    (forms.ModelChoiceField, "choice"),
    (forms.EmailField, "email"),
    (forms.IntegerField, "whole number"),
)
#: Boxes for text of any sort.
TEXTS = {
    "title", "cluster_activity", "earlier_reference", "earlier_title", "text", "elsewhere", "description",
    "word", "reopen_reason", "decision_reason", "recall_reason",
    "detail", "explanation", "country", "source", "address", "reason", "decline_comment", "reference", "code",
    "feedback-1", "scope_reason", "fund_reason", "note_to_staff", "subject", "body", "words", "town",
    "employer", "job_title", "earlier_employer", "organisation_name", "seen",
    "reason-ELIG-09", "late_reason", "reason_0", "reason_1", "reason_2",
    "part_reason_0", "conditions", "giver", "note", "opening", "closing", "signatory",
    "file_reference", "question", "answer", "fingerprint",
    "section_12", "section_21", "section_22", "section_40", "section_41", "section_43",
}  # fmt: skip


def every_form(base=forms.BaseForm):
    for form in base.__subclasses__():
        yield from every_form(form)
        is_ours = form.__module__.startswith(OURS) and getattr(form, "base_fields", None) is not None
        is_base = form.__module__.endswith(("sign_in", "drafts", "plain")) or form.__name__ == "LineForm"
        if is_ours and not is_base and form.__name__ not in APART and issubclass(form, forms.Form):
            yield form


def made(form, data=None):
    return MADE.get(form.__name__, lambda form, data: form(data))(form, data)


def kind_of(name: str, field: forms.Field) -> str | None:
    if name in BY_NAME:
        return BY_NAME[name]
    found = next((kind for of, kind in BY_CLASS if isinstance(field, of)), None)
    return found or ("text" if name in TEXTS else None)


FORMS = sorted({form.__name__: form for form in every_form()}.items())


def typed(field, name: str, text: str) -> dict:
    if isinstance(field, DayField):
        parts = text.split("/") if text.count("/") == 2 else [text, "1", "2027"]
        return dict(zip((f"{name}_day", f"{name}_month", f"{name}_year"), parts, strict=True))
    return {name: text}


def fields_of(form):
    for name, field in made(form).fields.items():
        if (kind := kind_of(name, field)) not in ("carried", "tick", None):
            yield name, field, kind


def test_the_walk_finds_the_forms():
    assert {"OrganisationForm", "LabourForm", "DetailsForm", "PartForm", "ReceiptForm"} <= dict(FORMS).keys()


@pytest.mark.parametrize("form", [form for _, form in FORMS], ids=[name for name, _ in FORMS])
def test_every_field_is_of_a_kind(form):
    assert [name for name, field in made(form).fields.items() if kind_of(name, field) is None] == []


@pytest.mark.parametrize("form", [form for _, form in FORMS], ids=[name for name, _ in FORMS])
def test_what_nobody_may_enter_is_refused_at_its_field_and_comes_back(form):
    for name, field, kind in fields_of(form):
        for text in (*FOR_NOBODY, *KINDS[kind].refused):
            bound = made(form, typed(field, name, text))

            assert bound.errors.get(name), (name, text[:40])
            assert text[:40] in str(bound[name].value()) or kind in ("day", "choice"), (name, text[:40])


@pytest.mark.parametrize("form", [form for _, form in FORMS], ids=[name for name, _ in FORMS])
def test_what_a_kind_takes_is_taken(form):
    for name, field, kind in fields_of(form):
        for text, becomes in KINDS[kind].taken.items():
            bound = made(form, typed(field, name, text))

            assert name not in bound.errors or kind in ("whole number", "pounds"), (name, text)
            if becomes is not None and name not in bound.errors:
                got = bound.cleaned_data[name]
                assert got == (Decimal(becomes) if isinstance(got, Decimal) else becomes), (name, text)
