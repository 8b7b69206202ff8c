"""What competitions are made of: regions and their areas, question sets, tables of percentages."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.models import Region, Size
from applications.models import (
    Area,
    Competition,
    IntensityTable,
    MaximumPercentage,
    Question,
    QuestionSet,
    ResearchCategory,
    Stage,
)
from launchpad.loading.entries import Entry
from launchpad.loading.keeping import Kept, differences

#: How sure a fact is that was not found in a published source of the competition itself.
STANDINGS = ("assumed", "reported", "demonstration")
SIZES = (*Size.values, "non_business")

AREA = ["name", "region_id", "is_core"]
QUESTION = [
    "key",
    "position",
    "number",
    "title",
    "prompt",
    "guidance",
    "assessor_guidance",
    "word_limit",
    "max_marks",
]
CELL = ["research_category", "size", "percentage"]


@dataclass(frozen=True)
class Whole:
    """A row with the rows that are part of it."""

    entry: Entry
    row: Any
    parts: list


def region(entry: Entry) -> Whole:
    row = entry.build(
        Region,
        code=entry.text("code"),
        name=entry.text("name"),
        ons_code=entry.text("ons_code"),
        theme=entry.text("theme"),
    )
    areas = [_area(part) for part in entry.each("areas", "area")]
    entry.finish()
    return Whole(entry, row, areas)


def _area(entry: Entry) -> Area:
    row = entry.build(
        Area,
        exclude=["region"],
        code=entry.text("code"),
        name=entry.text("name"),
        is_core=entry.flag("is_core"),
    )
    entry.finish()
    return row


def question_set(entry: Entry) -> Whole:
    row = _titled(entry, QuestionSet)
    questions = [
        _question(part, position)
        for position, part in enumerate(entry.each("questions", "question", "key"), start=1)
    ]
    if not any(question.is_scored for question in questions):
        entry.refuse("questions", "none of them is scored")
    entry.finish()
    return Whole(entry, row, questions)


def _question(entry: Entry, position: int) -> Question:
    number, max_marks = entry.whole("number"), entry.whole("max_marks")
    if (number is None) != (max_marks is None):
        entry.refuse("max_marks", "a scored question has a number and a most of marks, any other has neither")
    row = entry.build(
        Question,
        exclude=["question_set"],
        key=entry.text("key"),
        position=position,
        number=number,
        title=entry.text("title"),
        prompt=entry.text("prompt"),
        guidance=entry.paragraphs("guidance", between="\n"),
        assessor_guidance=entry.paragraphs("assessor_guidance", between="\n", required=number is not None),
        word_limit=entry.whole("word_limit", required=True),
        max_marks=max_marks,
    )
    entry.finish()
    return row


def intensity_table(entry: Entry) -> Whole:
    row = _titled(entry, IntensityTable)
    cells = []
    for category, by_size in entry.inner("percentages", dict).items():
        if category not in ResearchCategory.values or not isinstance(by_size, dict):
            entry.refuse(
                "percentages", f"{category} is not a research category with a percentage for each size"
            )
            continue
        cells += [_cell(entry, category, size, by_size[size]) for size in by_size]
    entry.finish()
    return Whole(entry, row, [cell for cell in cells if cell])


def _cell(entry: Entry, category: str, size: str, percentage) -> MaximumPercentage | None:
    place = f"percentages, {category}, {size}"
    if size not in SIZES:
        entry.refuse(place, f"is not one of: {', '.join(SIZES)}")
    elif isinstance(percentage, bool) or not isinstance(percentage, int | Decimal):
        entry.refuse(place, "must be a number")
    elif not 0 < percentage <= 100:
        entry.refuse(place, "must be above 0 and at most 100")
    else:
        return MaximumPercentage(research_category=category, size=size, percentage=Decimal(percentage))
    return None


def _titled(entry: Entry, model):
    return entry.build(
        model,
        key=entry.text("key"),
        title=entry.text("title"),
        standing=entry.choice("standing", STANDINGS),
        source=entry.text("source", required=False),
    )


def keep_region(kept: Kept, whole: Whole) -> None:
    region = kept.keep(whole.row, "code", ["name", "ons_code", "theme"])
    for area in whole.parts:
        area.region = region
        kept.keep(area, "code", AREA)


def keep_question_set(kept: Kept, whole: Whole) -> None:
    used = Competition.objects.filter(question_set__key=whole.row.key)
    _keep_titled(kept, whole, used, "question_set", QUESTION)


def keep_intensity_table(kept: Kept, whole: Whole) -> None:
    used = Competition.objects.filter(intensity_table__key=whole.row.key)
    _keep_titled(kept, whole, used, "table", CELL)


def _keep_titled(kept: Kept, whole: Whole, used, link: str, names: list[str]) -> None:
    """What a published competition uses stays as it was published, and the load says so if it differs."""
    titles = ["title", "standing", "source"]
    if used.exclude(stage=Stage.SET_UP).exists():
        standing = type(whole.row).objects.get(key=whole.row.key)
        parts = {tuple(getattr(part, name) for name in names) for part in _parts_of(standing)}
        wanted = {tuple(getattr(part, name) for name in names) for part in whole.parts}
        if differences(standing, whole.row, titles) or parts != wanted:
            kept.remarks.append(
                f"{whole.row.key} differs from its file and was left alone: a published competition uses it."
            )
        return
    owner = kept.keep(whole.row, "key", titles)
    kept.keep_parts(owner, whole.parts, link, names)


def _parts_of(owner: QuestionSet | IntensityTable):
    return owner.questions.all() if isinstance(owner, QuestionSet) else owner.cells.all()
