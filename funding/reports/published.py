"""The facts of a round as they were published: kept at its release, and replaced as a whole or not at all.

The page is made from what is kept here, so that it says the same from one release to the next, whatever
is decided, scored or taken back meanwhile.
"""

import json
import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet, Sum

from applications.models import Area, Competition
from funding.models import OpenDataPublication, PublicFacts, PublishedGrant
from funding.reports import facts, selection, succession, told
from funding.reports.facts import Facts
from funding.reports.told import Told

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Frozen:
    """What facts are made from: everything received, the areas in their order, how it was decided."""

    received: list[Told]
    areas: list[Area]
    method: str

    @property
    def text(self) -> str:
        found = {
            "received": [asdict(one) for one in self.received],
            "areas": [[area.pk, area.name] for area in self.areas],
            "method": self.method,
        }
        return json.dumps(found, default=str, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def publish(competitions: Iterable[Competition], *, at: datetime) -> list[PublicFacts]:
    """Keep the facts of each as they are now, where they may follow all that were published before.

    In the transaction of the release that made them so. Returns those that are new.
    """
    chosen = list(competitions)
    if not chosen:
        return []
    methods = selection.method_of_each(chosen)
    before: dict[int, list[Frozen]] = defaultdict(list)
    for one in PublicFacts.objects.filter(competition__in=chosen).order_by("pk"):
        before[one.competition_id].append(_read(one))
    made = []
    for competition in chosen:
        earlier = before[competition.pk]
        # The areas stay those of the first: a row that is told apart later would say what was in it.
        areas = earlier[0].areas if earlier else _areas(competition)
        now = Frozen(told.read(competition), areas, methods.get(competition.pk, selection.TOP_DOWN))
        # Whoever kept the first lays it beside the last: two steps of five may come to one.
        if not all(succession.may_follow(one.received, now.received, areas) for one in earlier):
            logger.info("public facts stay as they were", extra={"competition": competition.code})
            continue
        made.append(PublicFacts.objects.create(competition=competition, as_of=at, contents=now.text))
    return made


def catch_up(*, at: datetime) -> None:
    """Keep those of rounds that were released before facts were kept."""
    publish(told.with_facts(Competition.objects.filter(public_facts=None)).order_by("pk"), at=at)


def with_facts(competitions: QuerySet[Competition]) -> QuerySet[Competition]:
    """Those whose facts anybody may read."""
    return told.with_facts(competitions).filter(pk__in=PublicFacts.objects.values("competition"))


def of(kept: PublicFacts) -> Facts:
    found = _read(kept)
    return facts.of(found.received, found.areas, found.method, _in_open_data(kept.competition))


def _in_open_data(competition: Competition) -> Decimal | None:
    """The grant that the last publication has of its awards; None where it has none, or was withdrawn."""
    last = OpenDataPublication.objects.latest_of(competition.is_demonstration)
    if last is None or hasattr(last, "withdrawal"):
        return None
    rows = PublishedGrant.objects.filter(
        publication=last, is_withdrawn=False, share__award__application__competition=competition
    )
    return rows.aggregate(sum=Sum("share__grant"))["sum"]


def _areas(competition: Competition) -> list[Area]:
    return list(Area.objects.filter(region=competition.region_id).order_by("-is_core", "name"))


def _read(kept: PublicFacts) -> Frozen:
    found = json.loads(kept.contents)
    received = [
        Told(**{**one, "score": _decimal(one["score"]), "amount": Decimal(one["amount"])})
        for one in found["received"]
    ]
    return Frozen(received, [Area(pk=pk, name=name) for pk, name in found["areas"]], found["method"])


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
