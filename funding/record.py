"""What the panel recorded of a list, in the order in which it did: choices, notes and frozen versions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, F, TextField, Value
from django.db.models.functions import Cast, Coalesce, NullIf

from applications.assessment.standings import RanksBy
from applications.models import Competition
from funding.models import PanelNote, PanelSheet, RankingChoice

CHOICE, NOTE, VERSION = "choice", "note", "version"


@dataclass(frozen=True, slots=True)
class Recorded:
    """``value`` is what ranks, or a version's number; ``text`` the reason, the note or the fingerprint."""

    kind: str
    pk: int
    value: str
    text: str
    by: str
    at: datetime

    @property
    def ranks_by(self) -> RanksBy:
        return RanksBy(self.value)


def of(competitions: Iterable[Competition]) -> list[Recorded]:
    """In one query, the oldest first."""
    pks = [one.pk for one in competitions]
    rows = (
        _rows(RankingChoice, pks, CHOICE, F("ranks_by"), F("reason"), "chosen")
        .union(
            _rows(PanelNote, pks, NOTE, Value(""), F("text"), "written"),
            _rows(PanelSheet, pks, VERSION, F("number"), F("fingerprint"), "frozen"),
            all=True,
        )
        .order_by("moment", "row")
    )
    return [Recorded(*row) for row in rows]


def latest(record: list[Recorded], kind: str) -> Recorded | None:
    return next((one for one in reversed(record) if one.kind == kind), None)


def _rows(model, competitions: list[int], kind: str, value, text, deed: str):
    name = Coalesce(NullIf(f"{deed}_by__name", Value("")), f"{deed}_by__email", output_field=CharField())
    return (
        model.objects.filter(competition__in=competitions)
        .annotate(
            kind=Value(kind, output_field=CharField()),
            row=F("pk"),
            value=Coalesce(Cast(value, CharField()), Value("")),
            words=Cast(text, TextField()),
            person=name,
            moment=F(f"{deed}_at"),
        )
        .values_list("kind", "row", "value", "words", "person", "moment")
    )
