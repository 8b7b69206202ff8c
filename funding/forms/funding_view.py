"""The form that chooses what of the funding report is shown. Its answers stand in the address."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django import forms

from accounts.forms.plain import PlainForm
from applications.models import Strand
from funding.exports import funding_report, funding_view
from funding.models import AwardStatus

OF = [
    ("", "Without the demonstration"),
    ("demonstration", "The demonstration alone"),
    ("all", "Everything, with the demonstration"),
]
DIRECTIONS = [("", "Rising"), ("falling", "Falling")]
HEADINGS = [(column.name, column.heading) for column in funding_report.COLUMNS]


class FundingViewForm(PlainForm):
    """Every field may be left out.

    competitions  the codes of those that can be chosen
    regions       of each its code and its name
    """

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

    def __init__(self, data, *, competitions: Iterable[str], regions: Iterable[tuple[str, str]]):
        super().__init__(data)
        self._offer("competition", [("", "All competitions"), *((code, code) for code in competitions)])
        self._offer("region", [("", "All regions"), *regions])

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

    def query(self) -> str:
        """What was chosen, of a valid form, as it stands in the page's address: each in the form's order."""
        chosen = []
        for name in self.fields:
            given = self.cleaned_data[name]
            values = given if name == "columns" else [given]
            chosen += [(name, value) for value in values if value]
        return urlencode(chosen)

    def clean_columns(self) -> list[str]:
        """Each once, in the report's own order."""
        given = set(self.cleaned_data["columns"])
        return [name for name, _ in HEADINGS if name in given]
