"""The rules of a competition, while it is being set up."""

from collections.abc import Collection

from django import forms

from accounts import versions
from accounts.forms import conflict
from accounts.forms.fields import VersionField
from accounts.models import Region
from accounts.versions import StaleVersion
from applications import setting_up
from applications.forms.moment import LocalMoment
from applications.forms.reminders import RemindersField
from applications.forms.themes import ThemesField
from applications.models import MOST_ANSWER_DAYS, Competition, PotSharing, Stage

#: What the office sets. The code is given once; the stage follows from what is done.
SECTIONS = (
    ("What it is", ("code", "number", "title", "region", "strand", "round", "is_listed")),
    ("What applicants read", ("summary", "scope", "eligibility", "themes")),
    (
        "Dates",
        ("opens_at", "closes_at", "remind_before", "latest_start_on", "latest_end_on", "ends_exactly_on"),
    ),
    ("Money", ("pot", "pot_statement", "pot_sharing", "pot_part", "limit_basis", "limit_min", "limit_max")),
    (
        "Projects",
        (
            "duration_min",
            "duration_max",
            "subsidy_basis",
            "lead_types",
            "needs_partners",
            "announces_portfolio",
            "allows_part_awards",
            "research_participation_max",
            "intensity_table",
            "question_set",
        ),
    ),
    (
        "Assessment",
        (
            "eligibility_days",
            "assessors_each",
            "answer_days",
            "assessments_due_at",
            "threshold",
            "spread_limit",
        ),
    ),
)
FIELDS = tuple(name for _title, names in SECTIONS for name in names)


#: As long as the check for eligibility may take, and an assessor to answer an offer.
MOST_DAYS = {"eligibility_days": 60, "answer_days": MOST_ANSWER_DAYS}

LEADS = (
    ("uk_registered_business", "A business registered in the UK"),
    ("uk_registered_organisation", "Any organisation registered in the UK"),
)


class CompetitionForm(forms.ModelForm):
    """Says in words what the table's constraints hold to, and what another person saved meanwhile."""

    opens_at = LocalMoment(label="Opens at (UK time)")
    closes_at = LocalMoment(label="Closes at (UK time)")
    assessments_due_at = LocalMoment(
        label="Assessments due at (UK time)",
        help_text="After the close. It can be set or moved later too, on the board of its assessment.",
    )
    remind_before = RemindersField(
        label="Reminders before the close",
        help_text="To those with a draft that is not submitted, such as 14 days, 3 days, 1 day, 2 hours.",
    )
    themes = ThemesField(
        label="Themes", help_text="One to a line. People filter the list of competitions by them."
    )
    lead_types = forms.MultipleChoiceField(
        label="Who can lead", choices=LEADS, widget=forms.CheckboxSelectMultiple, required=False
    )
    seen_version = VersionField()
    #: Set where somebody else saved meanwhile: the refusal, and where the two differ.
    stale: StaleVersion | None = None
    differences: list[conflict.Difference] = []

    class Meta:
        model = Competition
        fields = FIELDS

    #: Of which regions a competition may be made; said by whoever knows the person.
    regions: Collection[int] | None = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.regions is not None and "region" in self.fields:
            self.fields["region"].queryset = Region.objects.filter(pk__in=self.regions)
        if self.instance.pk and "seen_version" in self.fields:
            self.initial["seen_version"] = self.instance.version

    def clean(self):
        given = super().clean()
        self._in_order(
            given, "opens_at", "closes_at", "The competition must close after it opens.", strictly=True
        )
        self._in_order(
            given,
            "closes_at",
            "assessments_due_at",
            "Assessments are due after the competition has closed.",
            strictly=True,
        )
        self._in_order(given, "limit_min", "limit_max", "The upper limit must not be below the lower one.")
        self._in_order(
            given, "duration_min", "duration_max", "The longest duration must not be below the shortest."
        )
        self._in_order(
            given, "latest_start_on", "latest_end_on", "The latest end must not be before the latest start."
        )
        is_parted = given.get("pot_sharing") == PotSharing.PARTS
        if is_parted and not (given.get("pot_part") or 0) > 0:
            self.add_error("pot_part", "Enter the competition's part of the pot.")
        elif not is_parted and given.get("pot_part") is not None:
            self.add_error("pot_part", "A part is stated only where the pot is shared in parts.")
        for name in ("threshold", "spread_limit"):
            if given.get(name) is not None and not 0 <= given[name] <= 100:
                self.add_error(name, "Enter a percentage from 0 to 100.")
        for name, most in MOST_DAYS.items():
            if given.get(name) is not None and not 1 <= given[name] <= most:
                self.add_error(name, f"Enter a number of days from 1 to {most}.")
        if self.instance.pk:
            self._check_version(given)
        return given

    def _post_clean(self):
        """Once the instance has the values given: whether they fit the budgets drawn up for it."""
        super()._post_clean()
        if self.instance.pk:
            for name, why in setting_up.misfits(self.instance).items():
                self.add_error(name if name in self.fields else None, why)

    def save(self, commit=True):
        """What the office sets is no longer assumed, reported or for demonstration."""
        self.instance.standings = {
            name: standing
            for name, standing in self.instance.standings.items()
            if name not in self.changed_data
        }
        return super().save(commit)

    def _in_order(self, given, first: str, second: str, message: str, *, strictly: bool = False) -> None:
        low, high = given.get(first), given.get(second)
        if low is not None and high is not None and (low > high or (strictly and low == high)):
            self.add_error(second, message)

    def _check_version(self, given) -> None:
        """Lock the row until the save; find each value that somebody else set since this form was opened."""
        rows = Competition.objects.select_for_update(of=["self"]).select_related("saved_by")
        kept = rows.get(pk=self.instance.pk)
        if kept.stage != Stage.SET_UP:
            self.add_error(None, "This competition has been published meanwhile; its rules are fixed.")
        self.differences = conflict.differences(self, {name: getattr(kept, name) for name in FIELDS})
        try:
            versions.check(kept, given.get("seen_version"), is_same=not self.differences)
        except StaleVersion as refusal:
            self.stale = refusal
            self.add_error(None, "Somebody else saved this competition. Choose what to keep.")
            conflict.with_version(self, kept.version, "seen_version")
