"""What assessors say of themselves, and what staff make of the conflicts that follow from it."""

from django import forms

from accounts import company_number, postcode
from accounts.forms.fields import DayField, VersionField, WholeNumberField
from accounts.forms.plain import PlainForm
from applications.assessment.rulings import LONGEST_REASON
from applications.models import MOST_CAPACITY, AssessorKind, AssessorProfile, InterestKind, Skill, Whose

NUMBER_HELP = "8 characters, like 01234567. Leave empty if there is none."


def number_field(label: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=20, required=False, help_text=NUMBER_HELP)


class NumbersForm(PlainForm):
    """A form with company numbers: all are brought into one spelling."""

    numbers: tuple[str, ...] = ()

    def clean(self):
        given = super().clean()
        for name in self.numbers:
            try:
                given[name] = company_number.normalise(given[name]) if given.get(name) else ""
            except company_number.NotACompanyNumber as refusal:
                self.add_error(name, str(refusal))
        return given


class AssessorProfileForm(NumbersForm):
    numbers = ("employer_number", "employer_parent_number", "earlier_employer_number")

    version = VersionField()
    kind = forms.ChoiceField(
        label="For whom do you assess?",
        choices=[
            (AssessorKind.EXTERNAL, "I am an external assessor"),
            (AssessorKind.INTERNAL, "I work for the funder"),
        ],
        widget=forms.RadioSelect,
    )
    employer = forms.CharField(label="Principal employer", max_length=200, required=False)
    job_title = forms.CharField(label="Your role there", max_length=120, required=False)
    employer_number = number_field("Company number of your employer")
    employer_parent_number = number_field("Company number of its parent")
    earlier_employer = forms.CharField(
        label="Employer you left in the last 12 months", max_length=200, required=False
    )
    earlier_employer_number = number_field("Company number of that employer")
    earlier_left_on = DayField(label="Last day there", required=False)
    address = forms.CharField(
        label="First line of your address",
        help_text="The place you work from. It is compared with those of applicants.",
        max_length=200,
        required=False,
    )
    postcode = forms.CharField(label="Postcode", max_length=10, required=False)
    capacity = WholeNumberField(
        label="Applications at once in one competition", min_value=0, max_value=MOST_CAPACITY
    )
    skills = forms.ModelMultipleChoiceField(
        label="Your skills",
        queryset=Skill.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, profile: AssessorProfile | None = None, **options):
        super().__init__(*args, **options)
        self.profile = profile or AssessorProfile()
        offered = Skill.objects.filter(is_offered=True)
        if profile and profile.pk:
            offered = offered | profile.skills.all()
        skills = offered.distinct().order_by("area", "name")
        self.fields["skills"].queryset = skills  # type: ignore[attr-defined]

    def clean_postcode(self) -> str:
        try:
            return postcode.normalise(self.cleaned_data["postcode"]) if self.cleaned_data["postcode"] else ""
        except postcode.NotAPostcode as refusal:
            raise forms.ValidationError(str(refusal)) from None

    def clean(self):
        given = super().clean()
        is_silent = "earlier_left_on" not in self.errors and not given.get("earlier_left_on")
        if given.get("earlier_employer") and is_silent:
            self.add_error("earlier_left_on", "Enter your last day with that employer")
        return given


def initial_of(profile: AssessorProfile) -> dict:
    names = [name for name in AssessorProfileForm.base_fields if name not in ("version", "skills")]
    values = {name: getattr(profile, name) for name in names}
    skills = [skill.pk for skill in profile.skills.all()] if profile.pk else []
    return {**values, "skills": skills, "version": profile.version}


class InterestForm(NumbersForm):
    numbers = ("company_number", "parent_number")

    interest_kind = forms.ChoiceField(
        label="What kind of interest?", choices=InterestKind.choices, widget=forms.RadioSelect
    )
    whose = forms.ChoiceField(label="Whose is it?", choices=Whose.choices, widget=forms.RadioSelect)
    organisation_name = forms.CharField(label="Organisation", max_length=200)
    company_number = forms.CharField(
        label="Its company number", max_length=20, required=False, help_text=NUMBER_HELP
    )
    parent_number = number_field("Company number of its parent")
    from_on = DayField(label="From", required=False)
    until_on = DayField(label="Until, if it has ended", required=False)

    def clean(self):
        given = super().clean()
        if given.get("from_on") and given.get("until_on") and given["from_on"] > given["until_on"]:
            self.add_error("until_on", "The end must not be before the beginning")
        return given

    @property
    def facts(self) -> dict:
        given = dict(self.cleaned_data)
        return {"kind": given.pop("interest_kind"), **given}


class DeclarationForm(PlainForm):
    is_true = forms.BooleanField(
        label="What I say on this page is true and complete, for me and for my close family",
        error_messages={"required": "Confirm that what you say is true and complete"},
        widget=forms.CheckboxInput({"aria-describedby": "id_is_true_error"}),
    )


class AgreementForm(PlainForm):
    agreement = VersionField()
    is_agreed = forms.BooleanField(
        label="I have read the agreement and accept it",
        error_messages={"required": "Confirm that you accept the agreement"},
        widget=forms.CheckboxInput({"aria-describedby": "id_is_agreed_error"}),
    )


class RulingForm(PlainForm):
    ruling = forms.ChoiceField(
        choices=[("block", "Block: they do not assess it"), ("clear", "Clear: it is no conflict")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether it blocks", "invalid_choice": "Choose one of the two"},
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Give the reason for your ruling"},
    )
