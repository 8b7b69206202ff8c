"""Every table of the programme report, counted apart from it: raw rows, fractions, and its wording.

``RECOUNTS`` has a function for each table by its name; a table without one fails a test.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from accounts.formats import local_day
from tests.funding import report_queries as queries
from tests.funding.raw_rows import (
    ALL_BANDS,
    COMPETITIONS,
    Entry,
    average,
    band,
    entries,
    per_cent,
    pounds,
    rows,
)

STRANDS = {
    "MFA": "Minimal Financial Assistance (MFA)", "CR&D": "Collaborative research and development (CR&D)",
    "cluster management": "Cluster management",
}  # fmt: skip
CATEGORIES = {
    "": "None named", "feasibility_studies": "Feasibility studies",
    "industrial_research": "Industrial research", "experimental_development": "Experimental development",
}  # fmt: skip
SIZES = {"micro_small": "Micro or small", "medium": "Medium", "large": "Large"}
METHODS = {None: "Top-down to the line", "top down": "Top-down to the line", "portfolio": "Best portfolio"}
BUDGET_KINDS = {"programme": "Programme", "region": "Region", "pot": "Pot", "part": "Part of a pot"}

HOLDING = ("Approved, not released", "Released, no offer yet", "Offer outstanding", "Accepted")
OVER = ("Declined", "Lapsed", "Withdrawn", "Ended", "Reversed")


@dataclass(frozen=True, slots=True)
class Competition:
    code: str
    pk: int
    strand: str
    region: str
    region_code: str
    themes: str
    threshold: object
    spread_limit: object
    closes_at: datetime
    ends_on: date | None


class Raw:
    """The rows of some competitions, all of which have closed by ``as_of``."""

    def __init__(self, codes: Sequence[str], as_of: datetime):
        self.codes, self.as_of = sorted(codes), as_of
        self.competitions = [Competition(*row) for row in rows(COMPETITIONS, self.codes)]
        self.received = entries(self.codes)
        self.by_code = {one.code: one for one in self.competitions}
        self.ids = [one.pk for one in self.received]
        funded = {one.pk for one in self.received if one.is_funded}
        self.parts = [
            (*part, Fraction(grant) if part[0] in funded else Fraction())
            for *part, grant in rows(queries.PARTS, self.ids)
        ]

    def of(self, code: str) -> list[Entry]:
        return [one for one in self.received if one.code == code]


def budgets(raw: Raw) -> list:
    found = []
    for name, kind, ceiling, *sums in rows(queries.BUDGETS, raw.codes):
        left = Fraction(ceiling) - sum(map(Fraction, sums))
        found.append([name, BUDGET_KINDS[kind], *map(pounds, (ceiling, *sums, left))])
    return found


def grouped(labels: Callable[[Raw, Entry], list[str]]) -> Callable[[Raw], list]:
    """Applications and their money under each of their labels."""

    def counted(raw: Raw) -> list:
        found: dict[str, list[Entry]] = defaultdict(list)
        for one in raw.received:
            for label in labels(raw, one):
                found[label].append(one)
        return [
            [
                label, len(ones), sum(one.is_funded for one in ones), pounds(sum(one.grant for one in ones)),
                pounds(sum(one.costs for one in ones if one.is_funded)),
            ]
            for label, ones in sorted(found.items())
        ]  # fmt: skip

    return counted


def of_parts(parts: list) -> list:
    return [len(parts), sum(part[-1] > 0 for part in parts), pounds(sum(part[-1] for part in parts))]


def by_size(raw: Raw) -> list:
    return [
        [label, *of_parts([part for part in raw.parts if part[3] == size])] for size, label in SIZES.items()
    ]


def by_area(raw: Raw) -> list:
    regions = sorted({one.region_code for one in raw.competitions})
    named = sorted({part[4] for part in raw.parts if part[4]})
    found = [
        [
            name,
            code,
            region,
            "Core" if is_core else "Wider",
            *of_parts([one for one in raw.parts if one[4] == pk]),
        ]
        for pk, name, code, region, is_core in rows(queries.AREAS, regions, named)
    ]
    nowhere = [part for part in raw.parts if not part[4]]
    return [
        *found,
        ["Elsewhere in the UK", "", "", "", *of_parts([part for part in nowhere if part[5]])],
        ["No area named", "", "", "", *of_parts([part for part in nowhere if not part[5]])],
    ]


LABELS: dict[str, Callable[[Raw, Entry], list[str]]] = {
    "Region": lambda raw, one: [raw.by_code[one.code].region],
    "Competition": lambda raw, one: [one.code],
    "Strand": lambda raw, one: [STRANDS[raw.by_code[one.code].strand]],
    "Theme": lambda raw, one: json.loads(raw.by_code[one.code].themes) or ["No theme named"],
    "Research category": lambda raw, one: [CATEGORIES[one.category]],
}


def money_by(raw: Raw) -> list:
    """By the ledger; an organisation's share where the ledger's pounds of its award are."""
    funded = {one.pk: one for one in raw.received if one.is_funded}
    stands = {pk: (year, sums) for pk, year, *sums in rows(queries.STANDS, list(funded))}
    areas = dict(rows("SELECT id, name FROM applications_area"))
    found: dict[tuple, list] = defaultdict(list)
    for pk, (year, sums) in stands.items():
        found["Financial year of the award", f"{year} to {year + 1}"].append((pk, *sums))
        for by, labels in LABELS.items():
            for label in labels(raw, funded[pk]):
                found[by, label].append((pk, *sums))
    for pk, _, _, size, area, elsewhere, grant in raw.parts:
        if grant:
            split = (pk, grant, 0) if stands[pk][1][0] else (pk, 0, grant)
            place = areas[area] if area else "Elsewhere in the UK" if elsewhere else "No area named"
            found["Size", SIZES.get(size, "No size named")].append(split)
            found["Area", place].append(split)
    order = ["Financial year of the award", *LABELS, "Size", "Area"]
    return [
        [by, label, len({pk for pk, *_ in ones}), *map(pounds, sums), *([None] if len(sums) == 2 else [])]
        for (by, label), ones in sorted(found.items(), key=lambda one: (order.index(one[0][0]), one[0][1]))
        for sums in [[sum(map(Fraction, column)) for column in list(zip(*ones, strict=True))[1:]]]
    ]


def received(raw: Raw) -> list:
    def line(name: str, ones: list[Entry]) -> list:
        funded = sum(one.is_funded for one in ones)
        return [
            name, len(ones), sum(one.is_resubmission for one in ones),
            sum(one.status == "ineligible" for one in ones), sum(one.status == "withdrawn" for one in ones),
            sum(bool(one.assessments) for one in ones), funded, pounds(sum(one.sought for one in ones)),
            per_cent(funded, len(ones)),
        ]  # fmt: skip

    lines = [line(code, raw.of(code)) for code in raw.codes]
    return [*lines, line("Together", raw.received)] if len(lines) > 1 else lines


def ineligible(raw: Raw) -> list:
    pks = [one.pk for one in raw.received if one.status == "ineligible"]
    against = rows(queries.AGAINST, pks)
    counts = Counter(rule for rule, _ in against)
    lines = [[rule, number] for rule, number in counts.items()]
    without = len(set(pks) - {pk for _, pk in against})
    return sorted([*lines, ["", without]] if without else lines)


def scores(raw: Raw) -> list:
    found = []
    for code in raw.codes:
        ones = raw.of(code)
        funded = [Fraction(one.score) for one in ones if one.is_funded and one.score]
        refused = [Fraction(one.score) for one in ones if one.status == "unsuccessful" and one.score]
        assessed, number = sum(bool(one.assessments) for one in ones), sum(one.is_funded for one in ones)
        low, high = ([average([edge(funded)], 1)] if funded else [None] for edge in (min, max))
        above = sum(score > min(funded) for score in refused) if funded else 0
        means = average(funded, 1), average(refused, 1)
        found.append([code, assessed, number, per_cent(number, assessed), *low, *high, *means, above])
    return found


def bands(raw: Raw) -> list:
    funded = Counter(band(one.score) for one in raw.received if one.is_funded and one.score)
    others = Counter(band(one.score) for one in raw.received if not one.is_funded and one.score)
    return [[name, funded[name], others[name]] for name in ALL_BANDS]


def methods(raw: Raw) -> list:
    decided = dict(rows(queries.DECIDED_BY, raw.codes))
    out = {code: counts for code, *counts in rows(queries.TAKEN_OUT, raw.codes)}
    found = []
    for one in raw.competitions:
        wide = 0
        for entry in raw.of(one.code):
            totals = [each.total for each in entry.assessments if each.marks]
            runs = entry.status not in ("draft", "ineligible", "withdrawn")
            wide += runs and bool(totals) and max(totals) - min(totals) > Fraction(one.spread_limit)
        how = METHODS[decided[one.code]] if one.code in decided else "Not decided yet"
        limits = [str(one.threshold), str(one.spread_limit)]
        found.append([one.code, how, *limits, wide, *out.get(one.code, (0, 0))])
    return found


def recommendations(raw: Raw) -> list:
    found = []
    for code in raw.codes:
        every = [each for one in raw.of(code) for each in one.assessments]
        fund = sum(each.fund for each in every)
        scope = sum(each.in_scope for each in every)
        found.append([code, len(every), scope, fund, len(every) - fund, per_cent(fund, len(every))])
    return found


def marks(raw: Raw) -> list:
    """Of each assessor a bundle of lines, without the number that the report gave them."""
    given: dict[tuple, list[int]] = defaultdict(list)
    for one in raw.received:
        for each in one.assessments:
            for number, title, mark, most in each.marks:
                given[one.code, each.assessor, number, title, most].append(mark)
    lines = [
        [code, number, title, most, assessor, len(of), average(of, 1), min(of), max(of)]
        for (code, assessor, number, title, most), of in given.items()
    ]
    return bundled(lines)


def bundled(lines: Sequence) -> list:
    bundles: dict[tuple, list] = defaultdict(list)
    for line in lines:
        bundles[line[0], line[4]].append([*line[:4], *line[5:]])
    return sorted(sorted(bundle) for bundle in bundles.values())


def projects(raw: Raw) -> list:
    return [list(row) for row in rows(queries.PROJECTS, raw.codes, raw.as_of)]


def standing(names: Sequence[str]) -> Callable[[Raw], list]:
    def counted(raw: Raw) -> list:
        every = rows(queries.STANDINGS, raw.as_of, raw.codes)
        lines = [[name, [amount for one, amount in every if one == name]] for name in names]
        lines.append(["Together", [amount for name, amount in every if name in names]])
        return [[name, len(of), pounds(sum(map(Fraction, of)))] for name, of in lines]

    return counted


def by_financial_year(raw: Raw) -> list:
    regions = sorted({one.region for one in raw.competitions})
    ends_on = max((one.ends_on for one in raw.competitions if one.ends_on), default=None)
    funded = {one.pk: one for one in raw.received if one.is_funded}
    falls: dict[tuple, Fraction] = defaultdict(Fraction)
    dated = set()
    for pk, number, day in rows(queries.MONTHS, list(funded)):
        one = funded[pk]
        dated.add(pk)
        part = Fraction(int(one.grant * 100 / one.months), 100)
        if number == one.months:
            part = one.grant - part * (one.months - 1)
        region = raw.by_code[one.code].region
        falls[day.year - (day.month < 4), region] += part
        if ends_on and day > ends_on:
            falls["late", region] += part
    for pk in set(funded) - dated:
        falls["none", raw.by_code[funded[pk].code].region] += funded[pk].grant
    for one in funded.values():
        falls["all", raw.by_code[one.code].region] += one.grant

    def line(name: str, key: object) -> list:
        sums = [falls[key, region] for region in regions]
        return [name, *map(pounds, sums if len(regions) == 1 else [*sums, sum(sums)])]

    years = [year for year, _ in falls if isinstance(year, int)]
    found = (
        [line(f"{year} to {year + 1}", year) for year in range(min(years), max(years) + 1)] if years else []
    )
    if any(falls["none", region] for region in regions):
        found.append(line("No dates", "none"))
    found.append(line("Together", "all"))
    if any(falls["late", region] for region in regions):
        found.append(line(f"Of these, after {local_day(ends_on)}", "late"))
    return found


def first_time(raw: Raw) -> list:
    closes: dict[int, list[datetime]] = defaultdict(list)
    for organisation, _, closed_at in rows(queries.FIRST_CLOSE):
        closes[organisation].append(closed_at)
    code_of = {one.pk: one.code for one in raw.received}
    found = []
    for one in raw.competitions:
        leads = [part for part in raw.parts if part[2] and code_of[part[0]] == one.code]
        new = sum(not any(at < one.closes_at for at in closes[part[1]]) for part in leads)
        found.append([one.code, len(leads), new, per_cent(new, len(leads))])
    return found


def costs_by_region(raw: Raw) -> dict[str, str]:
    found: dict[str, Fraction] = defaultdict(Fraction)
    for one in raw.received:
        found[raw.by_code[one.code].region] += one.costs if one.is_funded else 0
    return {one.region: pounds(found[one.region]) for one in raw.competitions}


RECOUNTS: dict[str, Callable[[Raw], list]] = {
    "budgets": budgets,
    **{f"by-{by.lower().replace(' ', '-')}": grouped(labels) for by, labels in LABELS.items()},
    "by-size": by_size,
    "money-by": money_by,
    "received": received,
    "ineligible": ineligible,
    "scores": scores,
    "bands": bands,
    "methods": methods,
    "recommendations": recommendations,
    "marks": marks,
    "awards": standing(HOLDING),
    "awards-over": standing(OVER),
    "by-financial-year": by_financial_year,
    "projects": projects,
    "by-area": by_area,
    "first-time": first_time,
}
