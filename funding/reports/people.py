"""People: what the leads of a competition told of themselves, and how many did.

Nobody's answer is to be found from it. Counts below 5 are hidden with what would give them away
(``suppression``). There are figures of single competitions alone, only once no answer can come any more,
and the same in every report: a total over several, or one that grows from week to week, would by
subtraction say what a small competition's hidden counts are.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from applications import characteristics, equality
from applications.characteristics import Characteristic
from applications.models import Competition, EqualityAnswer, StatusChange
from applications.workflow import Status
from funding.reports import figures, suppression
from funding.reports.contents import Cell, Column, Kind, Section, Table
from funding.reports.covered import Covered
from funding.reports.suppression import Hidden, Shown

#: Asked and left out, beside the answers to choose from.
LEFT_OUT = ("", "Left out")

#: Of a competition and a characteristic: how often each answer was given.
Counts = Mapping[tuple[int, str], Counter[str]]

TITLE = "People"


def section(covered: Covered) -> Section:
    whole = [one for one in covered.competitions if equality.is_whole(one, covered.as_of)]
    counts, answered = _counted(whole)
    shown = [one for one in whole if answered[one.pk] >= suppression.LEAST]
    return Section(
        name="people",
        title=TITLE,
        about="Answers of the people who lead applications to the equality questions, which are optional "
        "and anonymous. A count from 1 to 4 is hidden, with those from which it could be worked out. There "
        "is no total over competitions: by subtraction it would tell what is hidden in one of them.",
        tables=[
            _answered(covered, whole, answered),
            *(_table_for(covered, asked, shown, counts) for asked in characteristics.ALL if shown),
        ],
    )


def _counted(competitions: Sequence[Competition]) -> tuple[Counts, Counter[int]]:
    """By competition and characteristic, and how many answered in each competition."""
    names = [asked.name for asked in characteristics.ALL]
    counts: defaultdict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    answered: Counter[int] = Counter()
    rows = EqualityAnswer.objects.filter(competition__in=competitions)
    for competition, *given in rows.values_list("competition", *names):
        answered[competition] += 1
        for name, value in zip(names, given, strict=True):
            counts[competition, name][value] += 1
    return counts, answered


def _answered(covered: Covered, whole: Sequence[Competition], answered: Counter[int]) -> Table:
    asked = _asked(covered.competitions)
    rows: list[list[Cell]] = []
    for one in covered.competitions:
        if one in whole:
            given = suppression.count(answered[one.pk])
            share = None if isinstance(given, Hidden) else figures.rate(given, asked[one.pk])
            rows.append([one.code, asked[one.pk], given, share])
        else:
            rows.append([one.code, asked[one.pk], None, None])
    return Table(
        name="equality-answered",
        title="Answers to the equality questions",
        note="Asked: applications that were submitted, also where they were withdrawn later. Figures are "
        f"given from {(equality.TAKEN_FOR + equality.UNTIL_WHOLE).days} days after the close on, when no "
        "answer can come any more.",
        columns=[
            Column("Competition"),
            Column("Asked", Kind.COUNT),
            Column("Answered", Kind.COUNT),
            Column("Answered, %", Kind.PERCENT),
        ],
        rows=rows,
    )


def _asked(competitions: Sequence[Competition]) -> Counter[int]:
    submitted = StatusChange.objects.filter(after=Status.SUBMITTED, application__competition__in=competitions)
    return Counter(
        competition
        for competition, _ in submitted.values_list("application__competition", "application").distinct()
    )


def _table_for(
    covered: Covered, asked: Characteristic, shown: Sequence[Competition], counts: Counts
) -> Table:
    if len(covered.everything) == 1:
        return _table_of_one(asked, counts[shown[0].pk, asked.name])
    return _table(asked, shown, counts)


def _table(asked: Characteristic, competitions: Sequence[Competition], counts: Counts) -> Table:
    """A row for each competition, so that they can be compared."""
    answers = _answers(asked)
    return Table(
        name=f"equality-{asked.name}",
        title=asked.title,
        note=f"“{asked.question}” How many chose each answer.",
        columns=[Column("Competition"), *(Column(label, Kind.COUNT) for _, label in answers)],
        rows=[[one.code, *_shown(asked, counts[one.pk, asked.name])] for one in competitions],
    )


def _table_of_one(asked: Characteristic, counted: Counter[str]) -> Table:
    """A row for each answer, with its share of all who answered, and a chart."""
    together = sum(counted.values())
    rows: list[list[Cell]] = [
        [label, count, None if isinstance(count, Hidden) else figures.rate(count, together)]
        for (_, label), count in zip(_answers(asked), _shown(asked, counted), strict=True)
    ]
    return Table(
        name=f"equality-{asked.name}",
        title=asked.title,
        note=f"“{asked.question}”",
        columns=[Column("Answer"), Column("People", Kind.COUNT), Column("Share, %", Kind.PERCENT)],
        charted=("People",),
        rows=rows,
    )


def _answers(asked: Characteristic) -> list[tuple[str, str]]:
    return [*asked.answers, LEFT_OUT]


def _shown(asked: Characteristic, counted: Counter[str]) -> list[Shown]:
    """The counts of the answers in their order, or the words in their place.

    How many answered is known, so that the counts of one characteristic are a column of a known total.
    """
    return suppression.column([counted[value] for value, _ in _answers(asked)])
