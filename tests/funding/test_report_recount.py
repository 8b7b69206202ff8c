"""The programme report beside an independent count of the same rows.

What it is held against shares nothing with the report: raw rows by SQL, fractions, and the wording of each
figure (``raw_rows``, ``report_recounts``).
"""

from datetime import timedelta
from fractions import Fraction

import pytest

from accounts import clock
from accounts.roles import Role
from applications import characteristics
from applications.desk.checks import Check
from applications.models import Competition
from funding import tasks
from funding.models import ProgrammeReport
from funding.reports import covered, goals, headline, programme, suppression
from funding.reports.contents import Table
from tests.funding.raw_rows import ALL_BANDS, average, band, entries, half_up, per_cent, rows
from tests.funding.report_recounts import RECOUNTS, Raw, bundled, costs_by_region
from tests.make import people, programme_details
from tests.make.programme import generate
from tests.make.times import DAY, NOON

AS_OF = NOON + 400 * DAY


def recount(codes: list[str]) -> dict:
    received = entries(codes)
    assessed = [one for one in received if one.assessments]
    funded = [one for one in received if one.is_funded]
    scores = [one.score for one in received if one.score is not None]
    funded_scores = [one.score for one in funded if one.score is not None]
    in_bands = [band(score) for score in scores]
    assert set(in_bands) <= set(ALL_BANDS)
    return {
        "F01": {"received": len(received)},
        "F02": {"assessed": len(assessed)},
        "F03": {"funded": len(funded), "lapsed": sum(one.has_gone for one in received)},
        "F04": {
            "of_received": per_cent(len(funded), len(received)),
            "of_assessed": per_cent(len(funded), len(assessed)),
        },
        "F05": {"lowest_funded": min(funded_scores, key=Fraction, default=None)},
        "F06": {"highest_funded": max(funded_scores, key=Fraction, default=None)},
        "F07": {
            "mean_of_unfunded": average(
                [one.score for one in received if one.status == "unsuccessful" and one.score], 1
            )
        },
        "F08": {"mean_grant": average([one.grant for one in funded], 2)},
        "F09": {"mean_of_funded": average(funded_scores, 1)},
        "F10": {"allocated": half_up(sum((one.grant for one in funded), Fraction(0)), 2)},
        "F11": {
            "bands": [
                {
                    "band": name,
                    "number": in_bands.count(name),
                    "percent": per_cent(in_bands.count(name), len(scores)),
                }
                for name in ALL_BANDS
            ]
        },
    }


def reported(competition: Competition | None) -> dict:
    """Ask for a report and let its job compile it, as the office does."""
    at = clock.now()
    report = programme.request(competition, by=people.user(Role.FUNDS), at=at)
    assert ProgrammeReport.objects.lease(clock.now(), timedelta(minutes=3)) == [report.pk]
    tasks.compile_reports([report.pk])
    report.refresh_from_db()
    return report.figures


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 4))
def test_every_figure_equals_an_independent_count(committed_database, seed):
    made = programme_details.add(seed, generate(seed))

    for competition in made:
        assert reported(competition) == recount([competition.code])
    assert reported(None) == recount([competition.code for competition in made])


#: The parts of a table that its recount has: without the words that stand beside a figure.
COMPARED = {
    "ineligible": lambda found: sorted([row[0], row[2]] for row in found),
    "marks": bundled,
    "awards": lambda found: [[row[0], *row[2:]] for row in found],
    "awards-over": lambda found: [[row[0], *row[2:]] for row in found],
}
#: What the partnership works on, as others wrote it: no figure of the programme's.
NO_FIGURES = {"partnership"}


def tables(made: list[Competition]) -> list[Table]:
    sections = programme.sections(covered.read(made, is_whole=True, as_of=AS_OF))
    return [table for section in sections for table in section.tables]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(1, 4))
def test_every_table_equals_an_independent_count(seed):
    """Of the whole and of each competition; of a table that nobody counts again it fails."""
    made = programme_details.add(seed, generate(seed))

    for some in (made, *([one] for one in made)):
        raw = Raw([one.code for one in some], AS_OF)
        for table in tables(some):
            if table.name in NO_FIGURES:
                continue
            found = [list(row) for row in table.rows]
            if table.name == "goals":
                check_goals(raw, found)
            elif table.name == "equality-answered":
                assert found == answered(raw)
            elif table.name.startswith("equality-"):
                assert found == equality_of(raw, table.name.removeprefix("equality-"))
            else:
                said = COMPARED.get(table.name, lambda rows: rows)(found)
                assert said == RECOUNTS[table.name](raw), (table.name, raw.codes)


def check_goals(raw: Raw, found: list) -> None:
    costs = costs_by_region(raw)
    of_spending = {(one.goal, one.stated): one.is_of_spending for one in goals.GOALS}
    for region, goal, stated, cost, _source in found:
        assert cost == (costs[region] if of_spending[goal, stated] else None)


ASKED = """
    SELECT c.code, count(DISTINCT h.application_id) FROM applications_competition c
    LEFT JOIN applications_application a ON a.competition_id = c.id
    LEFT JOIN applications_statuschange h ON h.application_id = a.id AND h.after = 'submitted'
    WHERE c.code = ANY(%s) GROUP BY c.code ORDER BY c.code
"""
ANSWERED = """
    SELECT c.code, count(e.key) FROM applications_competition c
    LEFT JOIN applications_equalityanswer e ON e.competition_id = c.id
    WHERE c.code = ANY(%s) GROUP BY c.code ORDER BY c.code
"""


def answered(raw: Raw) -> list:
    given = dict(rows(ANSWERED, raw.codes))
    return [
        [code, asked, "fewer than 5", None]
        if 0 < given[code] < 5
        else [code, asked, given[code], per_cent(given[code], asked)]
        for code, asked in rows(ASKED, raw.codes)
    ]


def equality_of(raw: Raw, name: str) -> list:
    """The counts by SQL; what of them is hidden is held to its rule elsewhere (``test_suppression``)."""
    [asked] = [one for one in characteristics.ALL if one.name == name]
    choices = [*asked.answers, ("", "Left out")]
    lines = {}
    for code, number in rows(ANSWERED, raw.codes):
        if number >= 5:
            counted = dict(
                rows(
                    f"SELECT e.{name}, count(*) FROM applications_equalityanswer e "
                    "JOIN applications_competition c ON c.id = e.competition_id WHERE c.code = %s GROUP BY 1",
                    code,
                )
            )
            lines[code] = [counted.get(value, 0) for value, _ in choices]
    if len(raw.codes) > 1:
        return [[code, *suppression.column(counts)] for code, counts in lines.items()]
    [counts] = lines.values()
    return [
        [label, shown, per_cent(count, sum(counts)) if isinstance(shown, int) else None]
        for (_, label), count, shown in zip(choices, counts, suppression.column(counts), strict=True)
    ]


@pytest.mark.django_db
def test_no_figure_of_the_report_is_without_its_recount_and_each_kind_of_row_is_there():
    made = programme_details.add(1, generate(1))
    found = tables(made)

    names = {table.name for table in found if not table.name.startswith("equality-")}
    assert names == {*RECOUNTS, "goals"} | NO_FIGURES
    figures = recount([one.code for one in made])
    assert {(number, part) for number, part, *_ in headline.FIGURES} | {("F11", "bands")} == {
        (number, part) for number, parts in figures.items() for part in parts
    }
    # Nothing is compared with nothing: each table has something that is not nought.
    for table in found:
        numbers = [column.kind.is_number for column in table.columns]
        cells = [
            cell for row in table.rows for cell, is_number in zip(row, numbers, strict=True) if is_number
        ]
        assert table.name in NO_FIGURES or any(cell not in (0, "0.00", "0.0", None) for cell in cells), (
            table.name
        )
    standing = {row[0]: row[2] for table in found if table.name.startswith("awards") for row in table.rows}
    assert all(standing.values()), standing
    assert {check.value for check in Check} >= {
        row[0] for table in found if table.name == "ineligible" for row in table.rows
    } - {""}
