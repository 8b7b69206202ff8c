"""What an application itself, and those before it, have to say on each check: evidence, and no decision."""

from collections.abc import Collection, Set
from dataclasses import dataclass, replace

from django.db.models import Prefetch, prefetch_related_objects

from accounts import formats
from accounts.models import User, regions_of
from applications import word_count
from applications.desk import checks, cost_words, earlier, texts
from applications.desk.checks import Check
from applications.desk.earlier import Earlier
from applications.models import READERS, Answer, Application, Participant

#: An explanation or an answer of fewer words than this says little.
FEWEST_WORDS = 20
#: An answer that uses less of its limit than this, in percent, is short.
SHORT = 25


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that was found: whether it speaks against the application, and which other it is about."""

    text: str
    is_against: bool = False
    other: Earlier | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    check: Check
    points: tuple[Point, ...] = ()

    @property
    def is_flagged(self) -> bool:
        return any(point.is_against for point in self.points)


@dataclass(frozen=True, slots=True)
class Found:
    """What was read of one application, once for all its checks.

    parts  those that take part still; ``left`` those that do not, the last that left first
    """

    application: Application
    parts: list[Participant]
    left: list[Participant]
    answers: list[Answer]
    same: list[Earlier]
    alike: list[Earlier]


def of(applications: Collection[Application], *, reader: User) -> dict[int, list[Evidence]]:
    """Return the evidence on each check of each application, by its id, in eight queries at most.

    The applications come with their competition and its region. Those of regions that ``reader`` does
    not read are counted and not named.
    """
    prefetch_related_objects(
        list(applications),
        Prefetch("participants", Participant.objects.whole()),
        Prefetch("answers", Answer.objects.select_related("question").order_by("question__position")),
    )
    same = earlier.of_the_same_organisations(applications)
    alike = earlier.alike(applications)
    regions = regions_of(reader, READERS)
    found = {}
    for one in applications:
        left = [part for part in one.participants.all() if part.has_left]
        left.sort(key=lambda part: part.departure.pk, reverse=True)
        parts = [part for part in one.participants.all() if not part.has_left]
        read = Found(one, parts, left, list(one.answers.all()), same[one.pk], alike[one.pk])
        found[one.pk] = [
            _shown(Evidence(check, tuple(POINTS[check](read))), regions)
            for check in checks.of_strand(one.competition.strand, has_left=bool(left))
            if check in POINTS
        ]
    return found


def _shown(evidence: Evidence, regions: Set[int | None]) -> Evidence:
    """Name no application of another region."""
    points = []
    for point in evidence.points:
        other = point.other
        if other and not {None, other.region_id} & regions:
            elsewhere = f"An application in a region that you do not work in{_much(other)}."
            point = replace(point, text=elsewhere, other=None)
        points.append(point)
    return replace(evidence, points=tuple(dict.fromkeys(points)))


def _costs(read: Found) -> list[Point]:
    return [
        Point(
            f"{part.name}, {line.get_category_display().lower()}: “{line.description}”, "
            f"{formats.pounds(line.amount)}: {doubt}.",
            is_against=True,
        )
        for part in read.parts
        for line in part.cost_lines.all()
        for doubt in cost_words.doubts(line)
    ]


def _activity(read: Found) -> list[Point]:
    return [*(_place(part, read.application) for part in read.parts), _explanation(read.application)]


def _place(part: Participant, application: Application) -> Point:
    region = application.competition.region
    size = f"{part.get_kind_display()}, {part.get_size_display().lower()}"
    if part.elsewhere:
        return Point(f"{part.name} ({size}) works in {part.elsewhere}, outside {region.name}.", True)
    if part.work_area is None:
        return Point(f"{part.name} ({size}) does not say in which area it works.", True)
    if part.work_area.region_id != region.pk:
        return Point(f"{part.name} ({size}) works in {part.work_area.name}, outside {region.name}.", True)
    return Point(f"{part.name} ({size}) works in {part.work_area.name}, in {region.name}.")


def _explanation(application: Application) -> Point:
    words = word_count.count(application.cluster_activity)
    if not words:
        return Point("Its activity in the cluster is not explained.", True)
    text = f"Its activity in the cluster, in its own words: “{application.cluster_activity.strip()}”"
    return Point(text, words < FEWEST_WORDS // 2)


def _works_in_the_uk(read: Found) -> list[Point]:
    found = [_place(part, read.application) for part in read.parts]
    # A place elsewhere is one in the UK.
    found = [replace(point, is_against=False) for point in found]
    for part in read.parts:
        for line in part.cost_lines.all():
            if line.category == "subcontracting" and not cost_words.is_in_uk(line.country):
                said = f"{part.name} pays a subcontractor in {line.country}: “{line.description}”."
                found.append(Point(said, True))
    if read.application.is_exploited_from_uk is False:
        found.append(Point("Its results are not exploited from or in the UK.", True))
    return [*found, _explanation(read.application)]


def _resubmission(read: Found) -> list[Point]:
    application = read.application
    found = []
    if application.is_resubmission:
        named = ", ".join(filter(None, (application.earlier_reference, application.earlier_title)))
        found.append(Point(f"It says that it was submitted before: {named or 'it does not say as what'}."))
    declared = bool(application.is_resubmission) and not read.alike
    if count := len(read.alike) + declared:
        times = "once" if count == 1 else f"{count} times"
        found.append(Point(f"As far as is known it was submitted {times} before.", count > 1))
    found += [
        Point(f"Much the same text{_much(one)}", not application.is_resubmission, one) for one in read.alike
    ]
    known = {one.pk for one in read.alike}
    found += [Point(f"{one.organisation} took part", False, one) for one in read.same if one.pk not in known]
    return found


def _earlier_terms(read: Found) -> list[Point]:
    """Whether terms were kept is not known here; that there were some is."""
    return [
        Point(f"{one.organisation} was successful: see whether it kept the terms", True, one)
        for one in read.same
        if one.is_successful
    ]


def _funded_already(read: Found) -> list[Point]:
    found = [
        Point(
            f"{part.name} names other public money: {source.source}, {formats.pounds(source.amount)}.", True
        )
        for part in read.parts
        for source in part.funding_sources.all()
    ]
    for one in read.alike:
        if one.is_successful:
            found.append(Point(f"Funded, with much the same text{_much(one)}", True, one))
        elif one.is_under_way:
            found.append(Point(f"Under way, with much the same text{_much(one)}", True, one))
    return found


def _answers(read: Found) -> list[Point]:
    found = []
    for answer in read.answers:
        words, limit = word_count.count(answer.text), answer.question.word_limit
        is_short = words < max(FEWEST_WORDS, limit * SHORT // 100)
        found.append(Point(f"{answer.question.title}: {words:,} of {limit:,} words.", is_short))
    said = [(answer.question.title, texts.shingles(answer.text)) for answer in read.answers]
    found += [Point(f"{formats.listed(titles)} say the same.", True) for titles in _alike(said)]
    return found


def _alike(said: list[tuple[str, frozenset]]) -> list[list[str]]:
    """The titles of answers that say the same, together, each with the first that it repeats."""
    together: list[tuple[frozenset, list[str]]] = []
    for title, shingles in said:
        for first, titles in together:
            if texts.likeness(first, shingles) >= texts.REPEATED:
                titles.append(title)
                break
        else:
            together.append((shingles, [title]))
    return [titles for _, titles in together if len(titles) > 1]


def _parties(read: Found) -> list[Point]:
    """Who left, and what the last of them left broken: the sums stand as they have been since."""
    last = read.left[0].departure
    found = [Point(f"{rule}: {message}", True) for rule, message in last.broken]
    kept = [] if found else [Point("The rules on sums and partners are kept.")]
    gone = [
        Point(
            f"{part.name} left on {formats.local_day(part.departure.recorded_at)}. Grant sought: "
            f"{formats.pounds(part.departure.grant_before)} before, "
            f"{formats.pounds(part.departure.grant_after)} since; project costs: "
            f"{formats.pounds(part.departure.costs_before)} before, "
            f"{formats.pounds(part.departure.costs_after)} since."
        )
        for part in read.left
    ]
    return [*found, *kept, *gone]


def _much(other: Earlier) -> str:
    return "" if other.likeness is None else f", {other.likeness:.0%} of it shared"


#: How each check is looked into; the scope is judged from its answer alone.
POINTS = {
    Check.COSTS: _costs,
    Check.ACTIVITY: _activity,
    Check.PLACE: _works_in_the_uk,
    Check.RESUBMISSION: _resubmission,
    Check.EARLIER_TERMS: _earlier_terms,
    Check.FUNDED_ALREADY: _funded_already,
    Check.ANSWERS: _answers,
    Check.PARTIES: _parties,
}
