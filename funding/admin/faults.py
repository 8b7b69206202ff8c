"""What is wrong with the forms that were sent, for the list of problems at the top of a page."""

from collections.abc import Mapping

from django import forms

from accounts.templatetags.launchpad_forms import first_control

#: The id of the control that a problem is about, and the problem.
Fault = tuple[str, str]


def of(*sent: forms.BaseForm, at: Mapping[str, str] | None = None) -> list[Fault]:
    """Each error of these forms with where it is put right.

    at  by a field's name the id of its first control, where the page prints that with an id of its own
    """
    at = at or {}
    return [
        (at.get(name) or first_control(form[name]), error)
        for form in sent
        for name, errors in form.errors.items()
        for error in errors
    ]
