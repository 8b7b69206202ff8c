"""The programme report beside an independent count of the same rows.

What follows shares nothing with the report: raw rows by SQL, fractions, and the wording of each figure.
"""

import math
from collections import defaultdict
from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import connection

from accounts import clock
from accounts.roles import Role
from applications.models import Competition
from funding import tasks
from funding.models import ProgrammeReport
from funding.reports import programme
from tests.make import people
from tests.make.programme import generate

APPLICATIONS = """
    SELECT a.id, a.status, a.submitted_at, c.closes_at
    FROM applications_application a JOIN applications_competition c ON c.id = a.competition_id
    WHERE c.code = ANY(%s)
"""
CHANGES = "SELECT application_id, after, made_at FROM applications_statuschange ORDER BY made_at, id"
MARKS = """
    SELECT s.application_id, m.mark, q.max_marks
    FROM applications_assessment s
    JOIN applications_score m ON m.assessment_id = s.id
    JOIN applications_question q ON q.id = m.question_id
    WHERE s.status = 'submitted' AND q.max_marks IS NOT NULL
"""
AWARDS = "SELECT id, application_id, status FROM funding_award"
#: What the programme's budget holds for each award, by the ledger.
HELD = """
    SELECT t.award_id,
        sum(CASE WHEN t.target IN ('reserved', 'committed', 'paid') THEN t.amount ELSE 0 END)
        - sum(CASE WHEN t.source IN ('reserved', 'committed', 'paid') THEN t.amount ELSE 0 END)
    FROM funding_transfer t JOIN funding_budget b ON b.id = t.budget_id
    WHERE b.kind = 'programme' AND t.award_id IS NOT NULL GROUP BY t.award_id
"""


def rows(query: str, *parameters) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()


def half_up(value: Fraction, places: int) -> str:
    units = math.floor(value * 10**places + Fraction(1, 2))
    return f"{units // 10**places}.{units % 10**places:0{places}}"


def per_cent(part: int, whole: int) -> str | None:
    return half_up(Fraction(100 * part, whole), 1) if whole else None


def average(values: list, places: int) -> str | None:
    return half_up(sum(map(Fraction, values), Fraction(0)) / len(values), places) if values else None


def was_in_at_the_close(submitted_at, closes_at, changes: list[tuple]) -> bool:
    """By its history: entered before the close, and not taken back before it."""
    if submitted_at is None or submitted_at >= closes_at:
        return False
    before = [after for after, made_at in changes if made_at < closes_at and made_at >= submitted_at]
    return not before or before[-1] not in ("withdrawn", "draft")


def band(score: str) -> str:
    value = Fraction(score)
    for most, name in ((Fraction("69.9"), "<70.0"), (75, "70.0-75.0")):
        if value <= most:
            return name
    top = math.ceil(value / 5) * 5
    return f"{top - 5}.1-{top}.0"


ALL_BANDS = ["<70.0", "70.0-75.0", "75.1-80.0", "80.1-85.0", "85.1-90.0", "90.1-95.0", "95.1-100.0"]


def recount(codes: list[str]) -> dict:
    changes, marks, awarded = defaultdict(list), defaultdict(list), defaultdict(dict)
    for application, after, made_at in rows(CHANGES):
        changes[application].append((after, made_at))
    for application, mark, maximum in rows(MARKS):
        marks[application].append(Fraction(100 * mark, maximum))
    for award, application, status in rows(AWARDS):
        awarded[application][status] = award
    held = dict(rows(HELD))

    received, scores, unsuccessful, funded, lapsed, grants = 0, {}, [], [], 0, []
    for application, status, submitted_at, closes_at in rows(APPLICATIONS, codes):
        if not was_in_at_the_close(submitted_at, closes_at, changes[application]):
            continue
        received += 1
        if given := marks[application]:
            scores[application] = average(given, 1)
        live = awarded[application].get("reserved") or awarded[application].get("committed")
        if status == "successful" and live:
            funded.append(application)
            grants.append(held[live])
        elif "lapsed" in awarded[application]:
            lapsed += 1
        if status == "unsuccessful" and given:
            unsuccessful.append(application)

    funded_scores = [scores[application] for application in funded]
    in_bands = [band(score) for score in scores.values()]
    assert len(in_bands) == len(scores) and set(in_bands) <= set(ALL_BANDS)
    return {
        "F01": {"received": received},
        "F02": {"assessed": len(scores)},
        "F03": {"funded": len(funded), "lapsed": lapsed},
        "F04": {
            "of_received": per_cent(len(funded), received),
            "of_assessed": per_cent(len(funded), len(scores)),
        },
        "F05": {"lowest_funded": min(funded_scores, key=Fraction, default=None)},
        "F06": {"highest_funded": max(funded_scores, key=Fraction, default=None)},
        "F07": {"mean_of_unfunded": average([scores[application] for application in unsuccessful], 1)},
        "F08": {"mean_grant": average(grants, 2)},
        "F09": {"mean_of_funded": average(funded_scores, 1)},
        "F10": {"allocated": half_up(sum(map(Fraction, grants), Fraction(0)), 2)},
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
    made = generate(seed)

    for competition in made:
        assert reported(competition) == recount([competition.code])
    assert reported(None) == recount([competition.code for competition in made])
