"""The part awards of a scenario: an application, what each of its organisations is given, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django import forms

from accounts.formats import pounds
from accounts.forms.fields import PoundsField
from funding.scenarios.question import PartAward

#: Rows that the form offers at first, and the most that can be asked for of one kind.
PARTS, MOST = 3, 40
#: The button that asks for one more row of a kind; its value is the first field of such a row.
ANOTHER = "another"


@dataclass(frozen=True, slots=True)
class Partial:
    """An application that can be awarded a part.

    shares  by the id of each organisation's part its name and the pounds that it seeks, the lead first
    """

    reference: str
    title: str
    shares: Mapping[int, tuple[str, Decimal]]

    @property
    def sought(self) -> Decimal:
        return sum((grant for _, grant in self.shares.values()), Decimal("0.00"))


class PartAwardFields(forms.BaseForm):
    """Rows of a form in which an application is chosen; once it is, each organisation has its box there."""

    base_fields: dict[str, forms.Field]
    partial: dict[str, Partial]
    #: The application that each row has, by its place; only of rows that have one.
    chosen: dict[int, Partial]
    parts: int

    def add_parts(self, partial: Sequence[Partial], sent: Mapping[str, str] | None) -> None:
        self.partial = {one.reference: one for one in partial}
        self.chosen = {}
        self.parts = rows(sent, "part", PARTS) if partial else 0
        if not partial:
            return
        words = {one.reference: f"{one.reference} {one.title}" for one in partial}
        for place in range(self.parts):
            self._add_part(place, words, self.partial.get((sent or {}).get(f"part_{place}", "")))

    def _add_part(self, place: int, words: Mapping[str, str], chosen: Partial | None) -> None:
        number = place + 1
        self.base_fields[f"part_{place}"] = one_of(f"Part award {number}: application", words)
        if chosen is None:
            return
        self.chosen[place] = chosen
        for pk, (name, sought) in chosen.shares.items():
            self.base_fields[f"share_{place}_{pk}"] = PoundsField(
                label=f"{name}, pounds of the {pounds(sought)} it asks for", required=False
            )
        self.base_fields[f"part_reason_{place}"] = forms.CharField(
            label=f"Part award {number}: reason", required=False, max_length=500
        )

    def check_parts(self) -> None:
        """Put what is wrong at its field; part of ``clean``."""
        if len({one.reference for one in self.chosen.values()}) < len(self.chosen):
            self.add_error(f"part_{max(self.chosen)}", "Choose each application once")
        for place, one in self.chosen.items():
            self._check_part(place, one)

    def _check_part(self, place: int, one: Partial) -> None:
        if not self.cleaned_data.get(f"part_reason_{place}"):
            self.add_error(f"part_reason_{place}", f"Give the reason for awarding {one.reference} a part")
        names = {pk: f"share_{place}_{pk}" for pk in one.shares}
        for pk, (name, sought) in one.shares.items():
            given = self.cleaned_data.get(names[pk])
            if given is None and names[pk] not in self.errors:
                self.add_error(names[pk], f"Enter what {name} is given, or 0")
            elif given is not None and given > sought:
                self.add_error(names[pk], f"{name} asks for {pounds(sought)}: enter that or less")
        if not any(name in self.errors for name in names.values()):
            total = sum((self.cleaned_data[name] for name in names.values()), Decimal(0))
            if not 0 < total < one.sought:
                said = f"Together enter more than nothing and less than the {pounds(one.sought)} sought"
                self.add_error(next(iter(names.values())), said)

    @property
    def part_rows(self) -> list[list[forms.BoundField]]:
        """By row its fields, of which only the first stands there before an application is chosen."""
        rows = []
        for place in range(self.parts):
            chosen = self.chosen.get(place)
            names = [f"share_{place}_{pk}" for pk in chosen.shares] if chosen else []
            names += [f"part_reason_{place}"] if chosen else []
            rows.append([self[name] for name in (f"part_{place}", *names)])
        return rows

    def part_awards(self) -> dict[str, PartAward]:
        """Of a form that is valid."""
        return {
            one.reference: PartAward(
                shares={pk: self.cleaned_data[f"share_{place}_{pk}"] for pk in one.shares},
                reason=self.cleaned_data[f"part_reason_{place}"],
            )
            for place, one in self.chosen.items()
        }


def rows(sent: Mapping[str, str] | None, first: str, at_first: int) -> int:
    """How many rows the form has of those that begin with this field: as many as were sent, or one more."""
    sent = sent or {}
    there = max((place + 1 for place in range(MOST) if f"{first}_{place}" in sent), default=0)
    return min(MOST, max(at_first, there) + (sent.get(ANOTHER) == first))


def one_of(label: str, choices: Mapping[str, str]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", "–"), *choices.items()], required=False)
