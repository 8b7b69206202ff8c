from django import forms

from accounts.forms.plain import PlainForm
from applications.forms.drafts import DraftForm, yes_or_no


class DeclarationsForm(DraftForm):
    has_russian_involvement = yes_or_no(
        "Does the project involve any Russian entity or goods?",
        help_text="As lead, partner or subcontractor, or as a source of goods or services.",
    )
    is_exploited_from_uk = yes_or_no("Will the results be exploited from or in the UK?")


class SubmitForm(PlainForm):
    """The last declaration, on the page with all answers."""

    is_true = forms.BooleanField(
        label="What is in this application is true, and I may submit it for my organisation.",
        error_messages={"required": "Confirm that the application is true and that you may submit it."},
    )
