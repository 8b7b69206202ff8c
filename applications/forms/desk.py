"""What the eligibility desk decides of an application, and why."""

from collections.abc import Iterable, Mapping

from django import forms

from accounts.forms.fields import VersionField
from accounts.forms.plain import PlainForm
from applications.desk import checks, deciding, ineligibility
from applications.desk.checks import Check
from applications.desk.deciding import Ruling
from applications.models import RuleDecision

UNKNOWN = {"required": "Choose one of the decisions", "invalid_choice": "Choose one of the decisions"}


class ReasonField(forms.CharField):
    def __init__(self, longest: int, **options):
        super().__init__(
            label="Reason",
            max_length=longest,
            widget=forms.Textarea(attrs={"rows": 3}),
            error_messages={"max_length": f"The reason must be {longest:,} characters or fewer"},
            **options,
        )


def outcome_field(check: str, **options) -> forms.ChoiceField:
    offered = [(outcome.value, outcome.label) for outcome in checks.outcomes(check)]
    return forms.ChoiceField(
        label="Your decision",
        choices=offered,
        widget=forms.RadioSelect,
        error_messages=UNKNOWN,
        **options,
    )


class DeskForm(PlainForm):
    """A decision and a reason for each of an application's rules; what is left open stays so."""

    seen = VersionField()

    def __init__(self, rules: Iterable[Check], *args, **options):
        super().__init__(*args, **options)
        self.rules = tuple(rules)
        for rule in self.rules:
            self.fields[f"outcome-{rule}"] = outcome_field(rule, required=False)
            self.fields[f"reason-{rule}"] = ReasonField(deciding.LONGEST_REASON, required=False)

    @classmethod
    def of(cls, rules: Iterable[Check], decisions: Mapping[str, RuleDecision]) -> "DeskForm":
        """As it stands, before anything is typed."""
        initial: dict = {"seen": deciding.last_of(decisions, of_scope=False)}
        for rule, decision in decisions.items():
            initial |= {f"outcome-{rule}": decision.outcome, f"reason-{rule}": decision.reason}
        return cls(rules, initial=initial)

    def clean(self):
        for rule in self.rules:
            outcome, reason = (
                self.cleaned_data.get(f"outcome-{rule}"),
                self.cleaned_data.get(f"reason-{rule}"),
            )
            if reason and not outcome and f"outcome-{rule}" not in self.errors:
                self.add_error(f"outcome-{rule}", f"Choose what you decide of {rule}, or take the reason out")
        return self.cleaned_data

    @property
    def rulings(self) -> dict[str, Ruling]:
        return {
            rule: Ruling(outcome, self.cleaned_data[f"reason-{rule}"])
            for rule in self.rules
            if (outcome := self.cleaned_data[f"outcome-{rule}"])
        }


class ScopeForm(PlainForm):
    outcome = outcome_field(Check.SCOPE)
    reason = ReasonField(deciding.LONGEST_REASON, required=False)
    seen = VersionField()


class IneligibleForm(PlainForm):
    """Why it is found only now; asked of one that assessors have."""

    late_reason = ReasonField(ineligibility.LONGEST_REASON, required=False)


class ReinstateForm(PlainForm):
    reason = ReasonField(ineligibility.LONGEST_REASON)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["reason"].error_messages["required"] = "Give the reason for letting it in again"
