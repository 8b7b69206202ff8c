"""What people narrow the list of competitions down by."""

from collections.abc import Iterable

from django import forms

from accounts.forms.plain import PlainForm
from accounts.models import Region
from applications.models import CompetitionQuerySet, State, Strand

#: What the public list tells apart; one whose dates nobody knows stands among the closed ones.
STATES = ((State.OPEN, "Open"), (State.OPENING_SOON, "Opening soon"), (State.CLOSED, "Closed"))


class SearchForm(PlainForm):
    """A field that cannot be read narrows nothing down and says so; the others count."""

    words = forms.CharField(label="Search", max_length=100, required=False)
    theme = forms.ChoiceField(label="Theme", required=False)
    place = forms.ChoiceField(label="Place", required=False)
    strand = forms.ChoiceField(label="Strand", choices=[("", "Any strand"), *Strand.choices], required=False)
    state = forms.ChoiceField(label="State", choices=[("", "Any state"), *STATES], required=False)

    def __init__(self, *args, themes: Iterable[str], regions: Iterable[Region], **options):
        """regions   with their areas prefetched"""
        super().__init__(*args, **options)
        for field in self.fields.values():
            # "(optional)" goes without saying in a search.
            field.needed_at_times = True  # type: ignore[attr-defined]
        self.fields["theme"].choices = [("", "Any theme"), *((theme, theme) for theme in themes)]  # type: ignore[attr-defined]
        self.fields["place"].choices = [("", "Any place"), *map(_places, regions)]  # type: ignore[attr-defined]

    def narrow(self, competitions: CompetitionQuerySet, at) -> CompetitionQuerySet:
        """Return those that fit every field that could be read."""
        given = self.cleaned_data
        if words := given.get("words"):
            competitions = competitions.matching(words)
        if theme := given.get("theme"):
            competitions = competitions.on_theme(theme)
        if place := given.get("place"):
            competitions = competitions.in_place(place)
        if strand := given.get("strand"):
            competitions = competitions.filter(strand=strand)
        if state := given.get("state"):
            competitions = competitions.listed_as(state, at)
        return competitions

    @property
    def is_narrowed(self) -> bool:
        return any(self.data.get(name, "").strip() for name in self.fields)

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the words narrows it down, so that the filters show."""
        return any(self.data.get(name, "").strip() for name in self.fields if name != "words")


def _places(region: Region) -> tuple[str, list[tuple[str, str]]]:
    areas = sorted(region.areas.all(), key=lambda area: (not area.is_core, area.name))
    return region.name, [(region.code, f"All of {region.name}"), *((area.code, area.name) for area in areas)]
