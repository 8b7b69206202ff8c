"""What a member of an organisation may do there, and how their membership ends."""

from django import forms

from accounts.forms.plain import PlainForm
from accounts.forms.widgets import HintedRadios
from accounts.models import Membership

EDIT, READ, NONE = "edit", "read", "none"
HINTS = {
    EDIT: "Change the organisation's details, write and submit its applications, decide who belongs to it",
    READ: "Read the organisation's details and applications, and change nothing",
}


class MemberForm(PlainForm):
    """The rights that whoever asks may give this member, none among them."""

    right = forms.ChoiceField(
        label="What they may do",
        widget=HintedRadios(hints=HINTS),
        error_messages={"required": "Select what they may do"},
    )

    def __init__(self, member: Membership, *args, is_own: bool = False, may_change: bool = True, **options):
        super().__init__(*args, initial={"right": EDIT if member.may_edit else READ}, **options)
        right = self.fields["right"]
        rights = [(EDIT, "Can edit"), (READ, "Can read")]
        if not may_change:
            rights = [right for right in rights if right[0] == (EDIT if member.may_edit else READ)]
        ending = f"Leave {member.organisation}" if is_own else f"Take {member.person} out"
        right.choices = [*rights, (NONE, ending)]  # type: ignore[attr-defined]
        if is_own:
            right.label = "What you may do"
            right.error_messages["required"] = "Select what you may do"
        ends = "Your access ends" if is_own else "Their access ends"
        right.widget.hints = {**HINTS, NONE: f"{ends} at once. Somebody who can edit has to let you in again"}  # type: ignore[attr-defined]
        if not is_own:
            right.widget.hints[NONE] = f"{ends} at once"  # type: ignore[attr-defined]
