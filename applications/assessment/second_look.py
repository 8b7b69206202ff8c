"""Where marks and feedback deserve a second look: told to the assessor before submitting, and to staff."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from accounts import formats
from applications.assessment import quality
from applications.assessment.quality import Written
from applications.models import Assessment, Competition, Score


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing to look at: whose, of which assessment (none for a trend over several), and what."""

    kind: str
    assessor: str
    assessment: int | None
    reference: str
    sentence: str


def nudges(assessment: Assessment) -> list[str]:
    """What the assessor may want to look at again before submitting. Of their own work alone."""
    # What they had saved before the application was out and in again is this same text.
    scores = Score.objects.filter(assessment__assessor=assessment.assessor_id)
    mine = _written(scores.exclude(assessment__ended_with_application=True))
    this = [one for one in mine if one.assessment == assessment.pk]
    said = []
    if quality.is_marked_alike(this):
        said.append("You gave every question the same mark. Is each mark the one that you mean?")
    said += _repeats([one for one in mine if one.assessment != assessment.pk], this)
    said += [
        f"Question {one.number}: {one.mark} of {one.most} is an extreme mark for so few words. "
        "The applicant reads them."
        for one in this
        if quality.is_thin(one)
    ]
    return said


def _repeats(others: list[Written], this: list[Written]) -> Iterable[str]:
    """A sentence for all that repeat another application's, and one for each text said twice here."""
    elsewhere: list[str] = []
    here: dict[Written, list[str]] = defaultdict(list)
    for first, second in quality.repeated([*others, *this]):
        if second in this and first in this:
            here[first] = [*(here[first] or [str(first.number)]), str(second.number)]
        elif second in this:
            elsewhere.append(str(second.number))
    if elsewhere:
        questions = f"Question{'s' if len(elsewhere) > 1 else ''} {formats.listed(elsewhere)}"
        yield f"{questions}: your feedback is nearly the same as on another application."
    for numbers in here.values():
        yield f"Questions {formats.listed(numbers)}: your feedback is nearly the same on each."


def of_competition(competition: Competition) -> list[Sign]:
    """Every sign in the submitted assessments of a competition, by assessor."""
    given = {
        one.pk: one
        for one in Assessment.objects.submitted()
        .filter(application__competition=competition)
        .select_related("assessor", "application")
        .order_by("submitted_at", "pk")
    }
    written = _written(Score.objects.filter(assessment__in=given.keys()))
    by_assessment: dict[int, list[Written]] = defaultdict(list)
    for one in written:
        by_assessment[one.assessment].append(one)
    signs = [*_of_each(given, by_assessment), *_repeated(given, written), *_drifts(given, by_assessment)]
    return sorted(signs, key=lambda one: (one.assessor, one.reference, one.kind))


def _of_each(given: dict[int, Assessment], by_assessment: dict[int, list[Written]]) -> Iterable[Sign]:
    for pk, written in by_assessment.items():
        if quality.is_marked_alike(written):
            first = written[0]
            yield _sign("marks alike", given[pk], f"Every question got {first.mark} of {first.most}.")
        thin = [one for one in written if quality.is_thin(one)]
        if thin:
            numbers = ", ".join(str(one.number) for one in thin)
            yield _sign("thin feedback", given[pk], f"Few words for an extreme mark: question {numbers}.")


def _repeated(given: dict[int, Assessment], written: list[Written]) -> Iterable[Sign]:
    for first, second in quality.repeated(written):
        there = given[first.assessment]
        whose = "their own" if there.assessor_id == given[second.assessment].assessor_id else "another’s"
        yield _sign(
            "repeated feedback",
            given[second.assessment],
            f"Question {second.number} repeats {whose} on {there.application.reference}, "
            f"question {first.number}.",
        )


def _drifts(given: dict[int, Assessment], by_assessment: dict[int, list[Written]]) -> Iterable[Sign]:
    percentages: dict[int, dict[int, float]] = defaultdict(dict)
    order: dict[int, list[int]] = defaultdict(list)
    names = {}
    for pk, assessment in given.items():
        marks = [(one.mark, one.most) for one in by_assessment[pk] if one.mark is not None]
        if not marks:
            continue
        share = sum(mark / most for mark, most in marks) / len(marks)
        percentages[assessment.application_id][assessment.assessor_id] = 100 * share
        order[assessment.assessor_id].append(assessment.application_id)
        names[assessment.assessor_id] = str(assessment.assessor)
    for assessor, moved in quality.differences(percentages, order).items():
        if trend := quality.drift(moved):
            way = "milder" if trend.points > 0 else "stricter"
            yield Sign(
                "drift",
                names[assessor],
                None,
                "",
                f"{abs(trend.points):.0f} points {way}, against the others, at the last of {trend.read} than "
                "at the first.",
            )


def _sign(kind: str, assessment: Assessment, sentence: str) -> Sign:
    return Sign(kind, str(assessment.assessor), assessment.pk, assessment.application.reference, sentence)


def _written(scores) -> list[Written]:
    rows = scores.filter(question__max_marks__isnull=False).order_by("assessment", "question__position")
    return [
        Written(*row)
        for row in rows.values_list(
            "assessment", "question__number", "mark", "question__max_marks", "feedback"
        )
    ]
