"""What an administrator asks for: roles with the places where they are held, and whether to let sign in."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import forms

from accounts.models import Region
from accounts.roles import WHOLE_PROGRAMME, Appointment, Role

EVERYWHERE = "Whole programme"
LONGEST_REASON = 2000


def as_value(appointment: Appointment) -> str:
    return f"{appointment.role}:{appointment.region}"


def from_value(value: str) -> Appointment:
    role, _, region = value.partition(":")
    return Appointment(Role(role), region)


@dataclass(frozen=True, slots=True)
class Box:
    """One place where a role can be held, as a box to tick."""

    value: str
    label: str
    is_ticked: bool


class ReasonForm(forms.Form):
    use_required_attribute = False
    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST_REASON,
        error_messages={"required": "Say why"},
        widget=forms.Textarea({"rows": 3}),
    )


class AppointmentForm(ReasonForm):
    """A box for each role in each place; ``rows`` gives them role by role."""

    field_order = ("held", "may_sign_in", "reason")
    held = forms.MultipleChoiceField(label="Roles", required=False)
    may_sign_in = forms.BooleanField(label="May sign in", required=False)

    def __init__(self, regions: Iterable[Region], *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.regions = list(regions)
        self.fields["held"].choices = [  # type: ignore[attr-defined]
            (as_value(Appointment(role, code)), label) for role in Role for code, label in self._places(role)
        ]

    def rows(self) -> list[tuple[str, list[Box]]]:
        ticked = set(self["held"].value() or ())
        return [
            (
                role.value.capitalize(),
                [
                    Box(value := as_value(Appointment(role, code)), label, value in ticked)
                    for code, label in self._places(role)
                ],
            )
            for role in Role
        ]

    def appointments(self) -> list[Appointment]:
        return [from_value(value) for value in self.cleaned_data["held"]]

    def _places(self, role: Role) -> list[tuple[str, str]]:
        regions = [] if role in WHOLE_PROGRAMME else [(region.code, region.name) for region in self.regions]
        return [("", EVERYWHERE), *regions]
