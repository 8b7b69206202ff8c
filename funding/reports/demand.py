"""Demand: what was received, what became of it before assessment, and why some was ineligible."""

from collections import Counter
from collections.abc import Sequence

from applications.desk.checks import Check
from applications.models import RuleDecision
from applications.workflow import Status
from funding.reports import figures
from funding.reports.contents import Cell, Column, Kind, Section, Table
from funding.reports.covered import Covered, Received

TITLE = "Demand"


def section(covered: Covered) -> Section:
    return Section(name="demand", title=TITLE, tables=[_received(covered), _ineligible(covered)])


def _received(covered: Covered) -> Table:
    rows: list[list[Cell]] = [[one.code, *_counts(covered.of(one))] for one in covered.competitions]
    if totals := int(len(rows) > 1):
        rows.append(["Together", *_counts(covered.received)])
    return Table(
        name="received",
        title="Received",
        note="Received: on the list that was drawn when the competition closed, also where it was withdrawn "
        "later. Assessed: an assessment of it counts. Resubmissions: as the applicant said.",
        columns=[
            Column("Competition"),
            *(
                Column(heading, Kind.COUNT)
                for heading in ("Received", "Resubmissions", "Ineligible", "Withdrawn", "Assessed", "Funded")
            ),
            Column("Grant sought", Kind.MONEY),
            Column("Success rate, of received", Kind.PERCENT),
        ],
        charted=("Received",),
        totals=totals,
        rows=rows,
    )


def _counts(received: Sequence[Received]) -> list[Cell]:
    funded = sum(one.is_funded for one in received)
    return [
        len(received),
        sum(one.is_resubmission for one in received),
        sum(one.status == Status.INELIGIBLE for one in received),
        sum(one.status == Status.WITHDRAWN for one in received),
        sum(one.is_assessed for one in received),
        funded,
        str(figures.sum_of(one.grant_sought for one in received)),
        figures.rate(funded, len(received)),
    ]


def _ineligible(covered: Covered) -> Table:
    """By the rule that was decided against them; one may fail several."""
    ineligible = [one.pk for one in covered.received if one.status == Status.INELIGIBLE]
    against = RuleDecision.objects.filter(application__in=ineligible).latest_of_each().against()
    counted = Counter(against.values_list("rule", flat=True))
    of_none = len(set(ineligible) - set(against.values_list("application", flat=True)))
    rows: list[list[Cell]] = [
        [check.value, check.label, counted[check.value]] for check in Check if counted[check.value]
    ]
    if of_none:
        rows.append(["", "No rule of the desk: found so otherwise, with a reason of its own", of_none])
    return Table(
        name="ineligible",
        title="Ineligible, by reason",
        note="The rule that the eligibility desk decided was not met. An application may fail several.",
        columns=[Column("Rule"), Column("What it asks"), Column("Applications", Kind.COUNT)],
        rows=rows,
    )
