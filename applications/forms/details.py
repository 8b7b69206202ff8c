from django import forms

from accounts.forms.fields import DayField, WholeNumberField
from accounts.forms.widgets import CountedText, HintedRadios
from applications.forms.drafts import DraftForm, yes_or_no
from applications.models import ResearchCategory

#: No dates from before the programme, none so far ahead that they are slips of the pen.
MOST_MONTHS = 120
#: In the words of somebody who has to choose.
CATEGORY_HINTS = {
    ResearchCategory.FEASIBILITY.value: (
        "You find out whether an idea can work, in technology and as a business, before you commit to it."
    ),
    ResearchCategory.INDUSTRIAL.value: (
        "You look for new knowledge and skills that lead to new or clearly better products, processes or "
        "services; parts and first prototypes may be built in a laboratory."
    ),
    ResearchCategory.EXPERIMENTAL.value: (
        "You combine what is known already into new or clearly better products, processes or services, "
        "with prototypes and trials close to real use."
    ),
}


class DetailsForm(DraftForm):
    title = forms.CharField(label="Project title", max_length=140, help_text="Up to 140 characters.")
    start_on = DayField(label="Start date", help_text="The day on which work begins, like 1 4 2027.")
    duration_months = WholeNumberField(
        label="Duration in months", help_text="Whole months.", min_value=1, max_value=MOST_MONTHS
    )
    research_category = forms.ChoiceField(
        label="Research category",
        choices=ResearchCategory,
        widget=HintedRadios(hints=CATEGORY_HINTS),
        help_text="It decides the most that a grant may cover of your costs.",
    )
    cluster_activity = forms.CharField(
        label="Your activity in the cluster",
        max_length=2000,
        widget=CountedText({"rows": "5"}, max_characters=2000),
        help_text=(
            "Say how your organisation is active in the cluster, or will grow its activity there. "
            "Your registered office may be elsewhere."
        ),
    )
    is_resubmission = yes_or_no(
        "Is this a re-submission?",
        reveals=("earlier_reference", "earlier_title"),
        help_text="A proposal that has been assessed before may be entered once more.",
    )
    earlier_reference = forms.CharField(label="Earlier application's number", max_length=30, required=False)
    earlier_title = forms.CharField(label="Earlier application's title", max_length=140, required=False)
    earlier_reference.needed_at_times = True  # type: ignore[attr-defined]
    earlier_title.needed_at_times = True  # type: ignore[attr-defined]
