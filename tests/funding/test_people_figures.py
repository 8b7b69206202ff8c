"""The equality figures of a report: as a count apart has them, and nothing small to be found from them."""

import io
import zipfile
from collections import Counter, defaultdict
from datetime import timedelta
from fractions import Fraction
from itertools import combinations
from random import Random

import openpyxl
import pytest
from django.db import connection

from applications import characteristics, equality
from applications.models import Competition, EqualityAnswer, StatusChange
from applications.workflow import Status
from funding.exports import programme_report as files
from funding.models import ProgrammeReport
from funding.reports import contents, covered, people, shown
from funding.reports.suppression import Hidden
from tests.make import applications, budgets
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

AFTER = NOON + 60 * DAY
WORDS = {one.value for one in Hidden}


def round_of(number: int, seed: int, asked: int = 0) -> Competition:
    """A closed competition with so many answers, thrown unevenly, and entries that were asked."""
    dice, within = Random(seed), budgets.funded_competition()
    for _ in range(asked):
        entry = applications.application(within=within)
        StatusChange.objects.create(
            application=entry, before=Status.DRAFT, after=Status.SUBMITTED,
            made_by=entry.started_by, made_at=entry.submitted_at,
        )  # fmt: skip
    EqualityAnswer.objects.bulk_create(
        EqualityAnswer(competition=within, day=equality.last_day(within), **thrown(dice))
        for _ in range(number)
    )
    return within


def thrown(dice: Random) -> dict[str, str]:
    found = {}
    for asked in characteristics.ALL:
        values = ["", *(value for value, _ in asked.answers)]
        found[asked.name] = dice.choices(values, [3**place for place in range(len(values))])[0]
    return found


def section_of(*competitions: Competition, at=AFTER):
    return people.section(covered.read(competitions, is_whole=False, as_of=at))


def cells(section, name: str) -> list:
    return next(table.rows for table in section.tables if table.name == name)


def counted_apart(competition: Competition, column: str) -> Counter:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column}, count(*) FROM applications_equalityanswer "
            "WHERE competition_id = %s GROUP BY 1",
            [competition.pk],
        )
        return Counter(dict(cursor.fetchall()))


def by_label(section, asked: characteristics.Characteristic) -> dict[str, dict[str, object]]:
    (table,) = [one for one in section.tables if one.name == f"equality-{asked.name}"]
    labels = [column.heading for column in table.columns[1:]]
    return {code: dict(zip(labels, counts, strict=True)) for code, *counts in table.rows}


def test_each_figure_is_that_of_a_count_apart_or_hidden():
    made = round_of(60, 1, asked=3), round_of(23, 2)
    section = section_of(*made)

    for asked in characteristics.ALL:
        labels = {"": "Left out", **dict(asked.answers)}
        found = by_label(section, asked)
        for competition in made:
            raw, shown = counted_apart(competition, asked.name), found[competition.code]
            assert set(shown) == set(labels.values())
            for value, label in labels.items():
                if 0 < raw[value] < 5:
                    assert shown[label] in WORDS
                else:
                    assert shown[label] in (raw[value], Hidden.WITHHELD)


def test_a_report_of_one_competition_has_shares_too():
    competition = round_of(60, 1)
    labels = {"": "Left out", **dict(characteristics.AGE.answers)}
    raw = counted_apart(competition, "age")

    for label, count, share in cells(section_of(competition), "equality-age"):
        (value,) = [one for one, name in labels.items() if name == label]
        if isinstance(count, Hidden):
            assert share is None
        else:
            exact = Fraction(100 * raw[value], sum(raw.values()))
            assert count == raw[value] and abs(Fraction(share) - exact) <= Fraction(1, 20)


def test_how_many_answered_of_those_that_were_asked():
    whole, few = round_of(9, 3, asked=12), round_of(3, 4, asked=6)

    section = section_of(whole, few)

    assert cells(section, "equality-answered") == [
        [whole.code, 12, 9, "75.0"],
        [few.code, 6, "fewer than 5", None],
    ]
    assert {row[0] for table in section.tables[1:] for row in table.rows} == {whole.code}
    assert [table.name for table in section_of(few).tables] == ["equality-answered"]


def test_nothing_is_said_while_an_answer_can_come():
    competition = round_of(40, 5, asked=1)
    closed = competition.closes_at

    early = section_of(competition, at=closed + equality.TAKEN_FOR + timedelta(days=1))
    late = section_of(competition, at=closed + equality.TAKEN_FOR + timedelta(days=2))

    assert cells(early, "equality-answered") == [[competition.code, 1, None, None]]
    assert len(early.tables) == 1 and len(late.tables) == 8


def test_reports_that_overlap_say_the_same_and_give_no_total_to_subtract_from():
    """Whatever two reports cover, and whenever they are made, a competition's cells are the same."""
    made = [round_of(number, number) for number in (6, 17, 31)]
    found = defaultdict(set)
    for size in (2, 3):
        for chosen in combinations(made, size):
            for at in (AFTER, AFTER + 90 * DAY):
                section = section_of(*chosen, at=at)
                for table in section.tables[1:]:
                    for code, *counts in table.rows:
                        assert code in {one.code for one in chosen}
                        found[code, table.name].add(tuple(map(str, counts)))

    assert found and all(len(said) == 1 for said in found.values())


def test_no_small_count_follows_from_a_table_and_how_many_answered():
    """For whoever knows the rule: every way to give so many answers that looks the same, tried one by one."""
    asked = characteristics.NEURODIVERSITY
    values = [value for value, _ in [*asked.answers, people.LEFT_OUT]]
    for total in range(5, 27):
        alike = defaultdict(list)
        for counts in ways(len(values), total):
            table = people._table_of_one(asked, Counter(dict(zip(values, counts, strict=True))))
            alike[tuple(tuple(row) for row in table.rows)].append(counts)
        for rows, possible in alike.items():
            for place, (_, count, share) in enumerate(rows):
                if isinstance(count, Hidden):
                    assert share is None
                    assert len({counts[place] for counts in possible}) > 1, (rows, possible)
                else:
                    assert not 0 < count < 5


def ways(cells: int, total: int):
    if cells == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in ways(cells - 1, total - first):
            yield (first, *rest)


def test_a_kept_report_shows_it_on_page_and_in_every_file(tmp_path):
    section = section_of(round_of(14, 6, asked=2))
    text = contents.as_json([section])
    figures = {
        "F01": {"received": 3}, "F02": {"assessed": 2}, "F03": {"funded": 1},
        "F04": {"of_received": "33.3"}, "F10": {"allocated": "1250.00"},
    }  # fmt: skip
    report = ProgrammeReport(
        pk=7, requested_at=NOON, as_of=NOON, figures=figures, contents=text,
        fingerprint=contents.fingerprint(text),
    )  # fmt: skip

    (read,) = shown.shown(contents.from_json(text))
    said = {cell.text for table in read.tables for row in table.rows for cell in row}
    files.as_xlsx(report, str(tmp_path / "report.xlsx"))
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    in_sheets = {cell.value for name in ("Age", "Education") for row in book[name] for cell in row}
    csv = zipfile.ZipFile(io.BytesIO(files.as_csv(report))).read("equality-education.csv").decode()

    assert said & WORDS
    assert in_sheets & WORDS and any(isinstance(value, int | float) for value in in_sheets)
    assert set(csv.replace("\n", ",").split(",")) & WORDS
    assert files.as_pdf(report).startswith(b"%PDF")
    assert contents.as_json(contents.from_json(text)) == text
