"""Raw rows of a generated programme, by SQL, for counts that share nothing with the report's."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db import connection

APPLICATIONS = """
    SELECT a.id, c.code, a.status, a.submitted_at, c.closes_at, a.total_costs, a.grant_sought,
        a.research_category, COALESCE(a.is_resubmission, FALSE), a.start_on, a.duration_months
    FROM applications_application a JOIN applications_competition c ON c.id = a.competition_id
    WHERE c.code = ANY(%s) ORDER BY a.id
"""
CHANGES = "SELECT application_id, after, made_at FROM applications_statuschange ORDER BY made_at, id"
#: What two people took out of the count, and nobody took back.
EXCLUDED = """
    SELECT e.assessment_id, e.question_id FROM applications_exclusion e
    WHERE e.state = 'confirmed' AND e.lifts_id IS NULL
        AND NOT EXISTS (
            SELECT FROM applications_exclusion l WHERE l.lifts_id = e.id AND l.state = 'confirmed'
        )
"""
ASSESSMENTS = f"""
    SELECT s.application_id, s.id, s.assessor_id, s.in_scope, s.fund
    FROM applications_assessment s
    WHERE s.status = 'submitted'
        AND NOT EXISTS (SELECT FROM ({EXCLUDED}) x WHERE x.assessment_id = s.id AND x.question_id IS NULL)
"""
MARKS = f"""
    SELECT m.assessment_id, q.number, q.title, m.mark, q.max_marks
    FROM applications_score m JOIN applications_question q ON q.id = m.question_id
    WHERE q.max_marks IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM ({EXCLUDED}) x
            WHERE x.assessment_id = m.assessment_id AND x.question_id = m.question_id
        )
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
COMPETITIONS = """
    SELECT c.code, c.id, c.strand, r.name, r.code, c.themes, c.threshold, c.spread_limit, c.closes_at,
        COALESCE(c.ends_exactly_on, c.latest_end_on)
    FROM applications_competition c JOIN accounts_region r ON r.id = c.region_id
    WHERE c.code = ANY(%s) ORDER BY c.code
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """An assessment that counts, with its marks that do: question, title, mark and the most there is."""

    assessor: int
    in_scope: bool
    fund: bool
    marks: tuple[tuple[int, str, int, int], ...]

    @property
    def total(self) -> Fraction:
        return sum((Fraction(100 * mark, most) for *_, mark, most in self.marks), Fraction()) / len(
            self.marks
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An application that stood submitted when its competition closed.

    score     the mean of all its marks that count, with one decimal; None where there is none
    grant     what the ledger holds for its award, of a successful one; else nought
    has_gone  an award of it was over after those who applied knew, and none took its place
    """

    pk: int
    code: str
    status: str
    costs: Fraction
    sought: Fraction
    category: str
    is_resubmission: bool
    start_on: object
    months: int | None
    assessments: tuple[Assessed, ...]
    score: str | None
    is_funded: bool
    grant: Fraction
    has_gone: bool


def rows(query: str, *parameters: object) -> list[tuple]:
    with connection.cursor() as cursor:
        # Without parameters a percent sign is itself.
        cursor.execute(query, parameters or None)
        return cursor.fetchall()


def half_up(value: Fraction, places: int) -> str:
    units = math.floor(value * 10**places + Fraction(1, 2))
    return f"{units // 10**places}.{units % 10**places:0{places}}"


def pounds(value: Fraction | int) -> str:
    assert Fraction(value) * 100 == int(Fraction(value) * 100)
    return half_up(Fraction(value), 2)


def per_cent(part: int, whole: int) -> str | None:
    return half_up(Fraction(100 * part, whole), 1) if whole else None


def average(values: Sequence, places: int) -> str | None:
    return half_up(sum(map(Fraction, values), Fraction(0)) / len(values), places) if values else None


def was_in_at_the_close(submitted_at, closes_at, changes: list[tuple]) -> bool:
    """By its history: entered before the close, and not taken back before it."""
    if submitted_at is None or submitted_at >= closes_at:
        return False
    before = [after for after, made_at in changes if made_at < closes_at and made_at >= submitted_at]
    return not before or before[-1] not in ("withdrawn", "draft")


def entries(codes: list[str]) -> list[Entry]:
    """All that was received by these competitions."""
    changes, marks, given, awarded = (defaultdict(list) for _ in range(4))
    for application, after, made_at in rows(CHANGES):
        changes[application].append((after, made_at))
    for assessment, *mark in rows(MARKS):
        marks[assessment].append(tuple(mark))
    for application, pk, assessor, in_scope, fund in rows(ASSESSMENTS):
        one = Assessed(assessor=assessor, in_scope=in_scope, fund=fund, marks=tuple(marks[pk]))
        given[application].append(one)
    for award, application, status in rows(AWARDS):
        awarded[application].append((status, award))
    held = dict(rows(HELD))
    found = []
    for pk, code, status, submitted_at, closes_at, costs, sought, *rest in rows(APPLICATIONS, codes):
        if not was_in_at_the_close(submitted_at, closes_at, changes[pk]):
            continue
        shares = [Fraction(100 * mark, most) for one in given[pk] for *_, mark, most in one.marks]
        live = [award for state, award in awarded[pk] if state in ("reserved", "committed")]
        is_funded = status == "successful" and bool(live)
        found.append(
            Entry(
                pk=pk,
                code=code,
                status=status,
                costs=Fraction(costs),
                sought=Fraction(sought),
                category=rest[0],
                is_resubmission=rest[1],
                start_on=rest[2],
                months=rest[3],
                assessments=tuple(given[pk]),
                score=average(shares, 1),
                is_funded=is_funded,
                grant=Fraction(held[live[0]]) if is_funded else Fraction(),
                has_gone=not is_funded and any(state in ("lapsed", "ended") for state, _ in awarded[pk]),
            )
        )
    return found


def band(score: str) -> str:
    value = Fraction(score)
    for most, name in ((Fraction("69.9"), "<70.0"), (75, "70.0-75.0")):
        if value <= most:
            return name
    top = math.ceil(value / 5) * 5
    return f"{top - 5}.1-{top}.0"


ALL_BANDS = ["<70.0", "70.0-75.0", "75.1-80.0", "80.1-85.0", "85.1-90.0", "90.1-95.0", "95.1-100.0"]
