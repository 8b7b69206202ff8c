"""The eleven figures as people read them: what each is called, and how it is counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from funding.reports.contents import Kind
from funding.reports.shown import in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """``value`` as the report keeps it: None where there is nothing to count or to divide by."""

    label: str
    kind: Kind
    value: str | int | None
    how: str

    @property
    def text(self) -> str:
        return "not available" if self.value is None else in_words(self.value, self.kind)


#: The figure and its part, its kind, its name, and how it is counted.
FIGURES = (
    ("F01", "received", Kind.COUNT, "Received",
     "Applications on the list that was drawn when their competition closed, also if withdrawn later."),
    ("F02", "assessed", Kind.COUNT, "Assessed", "Of these, those of which at least one assessment counts."),
    ("F03", "funded", Kind.COUNT, "Funded",
     "Successful, with an award that has neither been reversed, lapsed nor ended."),
    ("F03", "lapsed", Kind.COUNT, "Awarded and over",
     "The offer was declined, not answered in time or withdrawn for good, or the award was ended after its "
     "release, and no other award took its place."),
    ("F04", "of_received", Kind.PERCENT, "Success rate, of received", "Funded of received."),
    ("F04", "of_assessed", Kind.PERCENT, "Success rate, of assessed", "Funded of assessed."),
    ("F05", "lowest_funded", Kind.PERCENT, "Lowest funded score", "Of the mean scores of the funded."),
    ("F06", "highest_funded", Kind.PERCENT, "Highest funded score", "Of the mean scores of the funded."),
    ("F07", "mean_of_unfunded", Kind.PERCENT, "Mean score, unsuccessful",
     "Of those that were decided to be unsuccessful: not of what is on hold, in reserve or undecided."),
    ("F09", "mean_of_funded", Kind.PERCENT, "Mean score, funded", "Of the funded."),
    ("F08", "mean_grant", Kind.MONEY, "Mean grant per project", "Total allocated, shared among the funded."),
    ("F10", "allocated", Kind.MONEY, "Total allocated", "The grants of the funded together."),
)  # fmt: skip


def of(figures: Mapping[str, Mapping[str, Any]]) -> list[Headline]:
    """What a board asks first, in its order; the bands are a table of their own (``selection``)."""
    return [
        Headline(label=label, kind=kind, value=figures.get(number, {}).get(part), how=how)
        for number, part, kind, label, how in FIGURES
    ]
