"""The form that chooses what of the funding report is shown. Its answers stand in the address."""

from django import forms

from accounts.forms.plain import PlainForm
from accounts.models import Region, User, in_regions_of
from applications.models import Competition, Strand
from funding.exports import funding_report, funding_view
from funding.models import READERS, AwardStatus

OF = [("", "Everything"), ("real", "Without the demonstration"), ("demonstration", "The demonstration alone")]
DIRECTIONS = [("", "Rising"), ("falling", "Falling")]
HEADINGS = [(column.name, column.heading) for column in funding_report.COLUMNS]


class FundingViewForm(PlainForm):
    """Every field may be left out. Only what the person may see can be chosen."""

    competition = forms.ChoiceField(label="Competition", required=False)
    region = forms.ChoiceField(label="Region", required=False)
    strand = forms.ChoiceField(label="Strand", choices=[("", "All strands"), *Strand.choices], required=False)
    status = forms.ChoiceField(
        label="Award status", choices=[("", "Every status"), *AwardStatus.choices], required=False
    )
    of = forms.ChoiceField(label="Rows", choices=OF, required=False)
    order = forms.ChoiceField(
        label="Sort by", choices=[("", "Competition and application"), *HEADINGS], required=False
    )
    direction = forms.ChoiceField(label="Direction", choices=DIRECTIONS, required=False)
    columns = forms.MultipleChoiceField(
        label="Columns", choices=HEADINGS, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data, *, user: User):
        super().__init__(data)
        competitions = Competition.objects.run_by(user, READERS).order_by("code")
        regions = Region.objects.filter(in_regions_of(user, READERS, "pk")).order_by("name")
        codes = competitions.values_list("code", flat=True)
        self._offer("competition", [("", "All competitions"), *((code, code) for code in codes)])
        self._offer("region", [("", "All regions"), *regions.values_list("code", "name")])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def view(self) -> funding_view.View:
        """Of a valid form."""
        given = self.cleaned_data
        filters = (*funding_view.FILTERS, "of")
        return funding_view.View(
            chosen={name: given[name] for name in filters if given[name]},
            columns=tuple(given["columns"]),
            order=given["order"],
            is_falling=given["direction"] == "falling",
        )
