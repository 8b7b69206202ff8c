"""Changes after the close: another assessor, and an organisation that leaves."""

from collections.abc import Iterable

from django import forms

from accounts.forms.plain import PlainForm
from accounts.models import User
from applications import leaving
from applications.forms.declining import MOST_LETTERS
from applications.models import Participant

#: What is chosen where nobody takes the lead.
NOBODY = "nobody"


class AnotherAssessorField(forms.ModelChoiceField):
    def label_from_instance(self, person):
        return f"{person.name} ({person.email})" if person.name else person.email


class ReplaceForm(PlainForm):
    assessor = AnotherAssessorField(
        User.objects.none(),
        label="Who assesses it instead",
        empty_label="Choose an assessor",
        error_messages={"required": "Choose an assessor", "invalid_choice": "Choose an assessor"},
    )
    reason = forms.CharField(
        label="Reason",
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Enter why the assessor is replaced"},
    )

    def __init__(self, offered, *args, **options):
        super().__init__(*args, **options)
        self.fields["assessor"].queryset = offered


class LeavingForm(PlainForm):
    """Which of the organisations leaves, why, and who leads then where it was the lead."""

    part = forms.ChoiceField(
        label="Which organisation leaves",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the organisation", "invalid_choice": "Choose the organisation"},
    )
    reason = forms.CharField(
        label="Reason",
        max_length=leaving.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Give the reason why it leaves",
            "max_length": f"The reason must be {leaving.LONGEST_REASON:,} characters or fewer",
        },
    )
    lead = forms.ChoiceField(
        label="Where the lead leaves: who leads then",
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": "Choose who leads then"},
    )

    def __init__(self, parts: Iterable[Participant], *args, **options):
        super().__init__(*args, **options)
        self.parts = {str(part.pk): part for part in parts}
        named = [(pk, f"{part.name}{' (lead)' if part.is_lead else ''}") for pk, part in self.parts.items()]
        others = [(pk, part.name) for pk, part in self.parts.items() if not part.is_lead]
        self.fields["part"].choices = named  # type: ignore[attr-defined]
        nobody = (NOBODY, "Nobody: the application is withdrawn")
        self.fields["lead"].choices = [*others, nobody]  # type: ignore[attr-defined]

    def clean(self):
        given = super().clean()
        part = self.parts.get(given.get("part", ""))
        if part and part.is_lead and not given.get("lead") and "lead" not in self.errors:
            self.add_error("lead", "Choose who leads then, or that the application is withdrawn")
        if part and not part.is_lead:
            given["lead"] = ""
        return given

    @property
    def leaves(self) -> Participant:
        return self.parts[self.cleaned_data["part"]]

    @property
    def new_lead(self) -> Participant | None:
        return self.parts.get(self.cleaned_data["lead"])
