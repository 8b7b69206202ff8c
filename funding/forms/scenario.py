"""What staff ask of a scenario: how to choose, what to keep back, and rules in rows that may stay empty."""

from collections.abc import Mapping, Sequence

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms.fields import PoundsField
from accounts.forms.plain import PlainForm
from funding.forms.part_awards import PartAwardFields, Partial, one_of, rows
from funding.models import Method, Objective
from funding.portfolio.problem import Measure, Rule, Sense
from funding.scenarios.question import Definition

#: Rows that the form offers at first, and the fields of each.
RULES, FORCED = 4, 3
RULE, FORCING = ("sense", "limit", "measure", "tag"), ("reference", "verdict", "reason")

SENSES = {Sense.AT_LEAST.value: "at least", Sense.AT_MOST.value: "at most"}
MEASURES = {Measure.PROJECTS.value: "projects", Measure.POUNDS.value: "pounds"}
IN_OR_OUT = {"in": "funded in any case", "out": "not funded in any case"}


class ScenarioForm(PartAwardFields, PlainForm):
    """
    tags        what rules can be about, each with its words
    references  the applications that can be forced, each with its words
    budgets     those whose money can be kept back, by code, each with its name
    partial     the applications that can be awarded a part (``PartAwardFields``)
    """

    name = forms.CharField(label="Name of the scenario", max_length=80)
    # Asked only where the competition announced a portfolio.
    method = forms.ChoiceField(
        label="How to choose",
        choices=Method.choices,
        widget=forms.RadioSelect,
        initial=Method.TOP_DOWN,
        required=False,
    )
    objective = forms.ChoiceField(
        label="What the best portfolio has",
        choices=Objective.choices,
        widget=forms.RadioSelect,
        initial=Objective.SCORE,
        required=False,
    )

    def __init__(
        self,
        *args,
        tags: Mapping[str, str],
        references: Mapping[str, str],
        budgets: Mapping[str, str],
        partial: Sequence[Partial] = (),
        **options,
    ):
        self.budgets = dict(budgets)
        # What a form copies its fields from: this one's own, so that each is worded like any other.
        self.base_fields = dict(type(self).base_fields)
        for place, name in enumerate(self.budgets.values()):
            self.base_fields[f"reserve_{place}"] = PoundsField(
                label=f"Keep back of {name}, pounds", required=False
            )
        sent = args[0] if args else None
        self.rules, self.forced = rows(sent, "sense", RULES), rows(sent, "reference", FORCED)
        for place in range(self.rules):
            self._add_rule(place, tags)
        for place in range(self.forced):
            self._add_forced(place, references)
        self.add_parts(partial, sent)
        super().__init__(*args, **options)

    def _add_rule(self, place: int, tags: Mapping[str, str]) -> None:
        number = place + 1
        self.base_fields[f"sense_{place}"] = one_of(f"Rule {number}: at least or at most", SENSES)
        self.base_fields[f"limit_{place}"] = PoundsField(
            label=f"Rule {number}: how much or many", required=False
        )
        self.base_fields[f"measure_{place}"] = one_of(f"Rule {number}: projects or pounds", MEASURES)
        self.base_fields[f"tag_{place}"] = one_of(f"Rule {number}: of what", tags)

    def _add_forced(self, place: int, references: Mapping[str, str]) -> None:
        number = place + 1
        self.base_fields[f"reference_{place}"] = one_of(f"Application {number}", references)
        self.base_fields[f"verdict_{place}"] = one_of(f"Application {number}: in or out", IN_OR_OUT)
        self.base_fields[f"reason_{place}"] = forms.CharField(
            label=f"Application {number}: reason", required=False, max_length=500
        )

    def clean(self):
        for place in range(self.rules):
            self._check_whole(
                ("sense", "limit", "measure", "tag"), place, "Fill in the whole rule or none of it"
            )
            limit, measure = (self.cleaned_data.get(f"{name}_{place}") for name in ("limit", "measure"))
            if measure == Measure.PROJECTS and limit is not None and limit != int(limit):
                self.add_error(f"limit_{place}", "Enter a whole number of projects")
        for place in range(self.forced):
            self._check_whole(
                ("reference", "verdict", "reason"),
                place,
                "Choose the application, in or out, and give the reason",
            )
        self._check_forced_once()
        self.check_parts()
        return self.cleaned_data

    def _check_forced_once(self) -> None:
        seen = set()
        for place in range(self.forced):
            reference = self.cleaned_data.get(f"reference_{place}")
            if reference and reference in seen:
                self.add_error(f"reference_{place}", "Choose each application once")
            seen.add(reference)

    def _check_whole(self, names: Sequence[str], place: int, said: str) -> None:
        given = [self.cleaned_data.get(f"{name}_{place}") not in (None, "") for name in names]
        for name, is_given in zip(names, given, strict=True):
            if any(given) and not is_given and f"{name}_{place}" not in self.errors:
                self.add_error(f"{name}_{place}", ValidationError(said, code="required"))

    def refuse_forced(self, reference: str, said: str) -> None:
        """Put at its field why an application of a valid form is not forced in."""
        for place in range(self.forced):
            if self.cleaned_data.get(f"reference_{place}") == reference:
                self.add_error(f"reference_{place}", said)

    @property
    def choices(self) -> list[forms.BoundField]:
        return [self["method"], self["objective"]]

    @property
    def rule_rows(self) -> list[list[forms.BoundField]]:
        return [
            [self[f"{name}_{place}"] for name in ("sense", "limit", "measure", "tag")]
            for place in range(self.rules)
        ]

    @property
    def forced_rows(self) -> list[list[forms.BoundField]]:
        return [[self[f"{name}_{place}"] for name in FORCING] for place in range(self.forced)]

    @property
    def reserve_fields(self) -> list[forms.BoundField]:
        return [self[f"reserve_{place}"] for place in range(len(self.budgets))]

    def definition(self) -> Definition:
        """Of a form that is valid."""
        said = self.cleaned_data
        return Definition(
            name=said["name"],
            method=said["method"] or Method.TOP_DOWN,
            objective=said["objective"] or Objective.SCORE,
            reserve={
                code: said[f"reserve_{place}"]
                for place, code in enumerate(self.budgets)
                if said.get(f"reserve_{place}")
            },
            rules=[
                Rule(
                    said[f"tag_{place}"],
                    Sense(said[f"sense_{place}"]),
                    Measure(said[f"measure_{place}"]),
                    said[f"limit_{place}"],
                )
                for place in range(self.rules)
                if said.get(f"tag_{place}")
            ],
            forced={
                said[f"reference_{place}"]: (said[f"verdict_{place}"] == "in", said[f"reason_{place}"])
                for place in range(self.forced)
                if said.get(f"reference_{place}")
            },
            part_awards=self.part_awards(),
        )
