"""A plan of who assesses what as its page shows it: names in place of ids, reasons as sentences."""

from collections import defaultdict
from dataclasses import dataclass

from accounts.models import User
from applications.assessment import topics
from applications.models import Application, Skill


@dataclass(frozen=True, slots=True)
class Line:
    """A pair of the plan in words: why this assessor, and who would have come next."""

    assessor: User
    stood: bool
    match: str
    load: str
    next_best: str


class InWords:
    """A plan's content with names in place of ids, looked up in three queries."""

    def __init__(self, content: dict):
        self.content = content
        pairs = content["pairs"]
        named = {one["assessor"] for one in [*pairs, *content["loads"]]}
        named |= {one["next"]["assessor"] for one in pairs if one["next"]}
        self.people = User.objects.in_bulk(named)
        about = {one["application"] for one in pairs} | {pk for pk, _ in content["short"]}
        about |= {pk for _, pk in content["moved"]}
        self.applications = Application.objects.only("reference", "title").in_bulk(about)
        self.skills = Skill.objects.in_bulk({pk for one in pairs for pk in (*one["had"], *one["near"])})
        self.after = {one["assessor"]: one for one in content["loads"]}

    @property
    def by_application(self) -> list[tuple[Application, list[Line]]]:
        lines = defaultdict(list)
        for pair in self.content["pairs"]:
            lines[pair["application"]].append(self._line(pair))
        found = [(self.applications[pk], of_one) for pk, of_one in lines.items()]
        return sorted(found, key=lambda one: one[0].reference)

    @property
    def loads(self) -> list[dict]:
        rows = [{**one, "person": self.people[one["assessor"]]} for one in self.content["loads"]]
        return sorted(rows, key=lambda one: (-one["after"], str(one["person"])))

    @property
    def empty(self) -> int:
        return sum(places for _, places in self.content["short"])

    @property
    def average(self) -> str:
        pairs = len(self.content["pairs"])
        return f"{self.content['points'] / pairs:.1f}" if pairs else "–"

    @property
    def least_and_most(self) -> tuple[int, int]:
        after = [one["after"] for one in self.content["loads"]]
        return min(after, default=0), max(after, default=0)

    @property
    def short(self) -> list[tuple[Application, int]]:
        return [(self.applications[pk], places) for pk, places in self.content["short"]]

    @property
    def moved(self) -> list[tuple[User, Application]]:
        return [(self.people[person], self.applications[pk]) for person, pk in self.content["moved"]]

    @property
    def block(self) -> dict | None:
        block = self.content["block"]
        return block and {
            **block,
            "applications": [self.applications[pk].reference for pk in block["applications"]],
            "full": [str(self.people[pk]) for pk in block["full"]],
        }

    def _line(self, pair: dict) -> Line:
        load = self.after[pair["assessor"]]
        return Line(
            self.people[pair["assessor"]],
            pair["stood"],
            self._match(pair),
            f"{load['after']} of {load['capacity']}",
            self._next(pair["next"]),
        )

    def _match(self, pair: dict) -> str:
        if not pair["asked"]:
            return "No skill is named in the application"
        known = [str(self.skills[pk]) for pk in pair["had"]]
        near = [f"near {self.skills[pk]}" for pk in pair["near"]]
        said = ", ".join([*known, *near]) or "none of them"
        return f"{pair['points']} of {topics.MOST_POINTS}. {many(pair['asked'], 'skill')} asked for: {said}"

    def _next(self, following: dict | None) -> str:
        if following is None:
            return "Nobody else may read it"
        name = f"{self.people[following['assessor']]}, {following['points']} of {topics.MOST_POINTS}"
        if following["is_full"]:
            return f"{name}: has no room"
        return f"{name}: " + ("has as much to read" if following["is_busier"] else "no better for the whole")


def many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
