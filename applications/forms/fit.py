"""The questions of the eligibility check: those that the competition's own rules ask for."""

from collections.abc import Iterable
from dataclasses import fields

from django import forms

from accounts.forms.fields import DayField, PercentField, PoundsField, WholeNumberField
from accounts.forms.widgets import HintedRadios
from accounts.models import Kind
from applications import rules
from applications.fit import Activity, Answers, Assessed, Registered
from applications.forms.details import MOST_MONTHS
from applications.forms.drafts import PartialForm, yes_or_no
from applications.forms.part import ELSEWHERE
from applications.models import Area, Competition, LimitBasis

REGISTERED = (
    (Registered.YES, "Yes"),
    (Registered.APPLIED, "Not yet: we have applied for it"),
    (Registered.NO, "No"),
)
ACTIVITIES = (
    (Activity.ACTIVE, "It is active there now"),
    (Activity.GROWING, "It will grow its activity there"),
    (Activity.NEITHER, "Neither"),
)
ASSESSED = (
    (Assessed.NEVER, "No"),
    (Assessed.ONCE, "Yes, once"),
    (Assessed.AGAIN, "Yes, and it was entered again after that"),
)


def _choice(label: str, choices: Iterable[tuple], **options) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=HintedRadios(), **options)


class FitForm(PartialForm):
    """Nothing must be answered: a rule without an answer is said to have none."""

    lead_kind = _choice(
        "What is your organisation?", Kind.choices, help_text="The one that would lead the project."
    )
    registered = _choice("Is it registered in the UK?", REGISTERED)
    activity = _choice("How is it active in the cluster?", ACTIVITIES)
    work_place = forms.ChoiceField(
        label="Where most of the work would happen",
        help_text="The local authority area. Work elsewhere counts if it grows your activity in the cluster.",
    )
    town = forms.CharField(
        label="Town or area, if it is elsewhere in the UK",
        max_length=100,
        required=False,
        help_text="Leave it empty if you chose an area of the region.",
    )
    town.needed_at_times = True  # type: ignore[attr-defined]
    project_costs = PoundsField(label=rules.AMOUNTS["project_cost"])
    grant_asked = PoundsField(label=rules.AMOUNTS["grant_request"])
    start_on = DayField(label="Start date", help_text="The day on which work begins, like 1 4 2027.")
    duration_months = WholeNumberField(
        label="Duration in months", help_text="Whole months.", min_value=1, max_value=MOST_MONTHS
    )
    has_claimant = yes_or_no(
        "Will another organisation carry it out with you and claim grant?",
        help_text="At least two organisations take part, and each asks for grant.",
    )
    research_share = PercentField(
        label="Research organisations' share of the costs",
        help_text="Of all universities, research organisations, public bodies and charities together.",
    )
    assistance = PoundsField(
        label="Minimal Financial Assistance it has had",
        help_text=(
            "In this financial year and the two before it, which begin on 1 April, "
            "with all companies of its group. Enter 0 for none."
        ),
    )
    is_funded = yes_or_no("Is the same project paid for by other public money already?")
    assessed = _choice("Has Innovate UK assessed this proposal before?", ASSESSED)
    has_russian_involvement = yes_or_no(
        "Does the project involve any Russian entity or goods?",
        help_text="As lead, partner or subcontractor, or as a source of goods or services.",
    )
    is_exploited_from_uk = yes_or_no("Will the results be exploited from or in the UK?")

    def __init__(self, *args, competition: Competition, areas: Iterable[Area], **options):
        super().__init__(*args, **options)
        self.areas = {str(area.pk): area for area in areas}
        self.fields["work_place"].choices = [  # type: ignore[attr-defined]
            ("", "Choose an area"),
            *((key, area.name) for key, area in self.areas.items()),
            (ELSEWHERE, "Elsewhere in the UK"),
        ]
        for name in _not_asked(competition):
            del self.fields[name]
        for name in {"project_costs", "grant_asked"} & set(self.fields):
            self.fields[name].help_text = f"Of all partners together. {rules.amount_rule(competition)}"

    def clean(self):
        given = super().clean()
        if given.get("work_place") == ELSEWHERE and "town" in given and not given["town"]:
            self.add_error("town", "Enter the town or area where most of the work would happen")
        elif given.get("work_place") in self.areas and given.get("town"):
            self.add_error("town", "Choose “Elsewhere in the UK” above, or leave this empty")
        return given

    def answers(self) -> Answers:
        """What was said, of a form that is valid."""
        given = self.cleaned_data
        known = {field.name: given[field.name] for field in fields(Answers) if field.name in given}
        sums = (given.get(name) for name in ("project_costs", "grant_asked"))
        known["amount"] = next((amount for amount in sums if amount is not None), None)
        return Answers(**known, area=self.areas.get(given.get("work_place", "")))

    def typed(self) -> dict[str, str]:
        """What was typed, by the names in the page, so that the form can be made again."""
        names = [*self.fields, *(f"start_on_{part}" for part in ("day", "month", "year"))]
        return {name: self.data[name] for name in names if self.data.get(name)}


def _not_asked(competition: Competition) -> list[str]:
    """Questions that no rule of the competition needs."""
    is_cost = competition.limit_basis == LimitBasis.PROJECT_COST
    has_limit = bool(rules.amount_rule(competition))
    asked = {
        "registered": bool(competition.lead_types),
        "project_costs": has_limit and is_cost,
        "grant_asked": has_limit and not is_cost,
        "has_claimant": competition.needs_partners,
        "research_share": competition.needs_partners and competition.research_participation_max is not None,
        "assistance": competition.subsidy_basis == "minimal_financial_assistance",
    }
    return [name for name, is_asked in asked.items() if not is_asked]
