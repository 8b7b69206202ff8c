"""The programme report: asked for by a person, compiled by a job, kept with the moment it holds for."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from accounts import audit, clock, outbox, tracing
from accounts.models import Region, User
from accounts.refusals import Refusal
from accounts.roles import held_in
from applications.models import Competition
from applications.workflow import Status
from funding.models import READERS, InformationRequest, ProgrammeReport
from funding.reports import (
    contents,
    covered,
    delivery,
    demand,
    failing,
    figures,
    funds,
    goals,
    marking,
    people,
    progress,
    projects,
    reach,
    selection,
)
from funding.reports.contents import Section
from funding.reports.covered import Covered
from funding.reports.figures import Entry

REPORT_READY = "report_ready"

logger = logging.getLogger(__name__)


#: In the order of the report.
PARTS = (funds, demand, selection, marking, delivery, projects, reach, people, goals)


class NotAReader(Refusal):
    """Only people who see the money may ask for the figures: the region's for that region's."""


@audit.action("ask for programme report")
def request(
    competition: Competition | None,
    region: Region | None = None,
    *,
    of_demonstration: bool = False,
    by: User,
    at: datetime,
) -> ProgrammeReport:
    """Owe ``by`` the report of one competition, one region or, for neither, of the whole programme.

    of_demonstration  count the invented competitions of the region or programme, and no real one

    A worker compiles it. Raises NotAReader for who does not read the money of all that it covers.
    """
    of_region = competition.region_id if competition else region.pk if region else None
    if not held_in(by, of_region) & READERS:
        raise NotAReader
    return ProgrammeReport.objects.create(
        competition=competition,
        region=region,
        of_demonstration=of_demonstration,
        requested_by=by,
        requested_at=at,
        due_at=at,
    )


def compile_report(report_id: int, *, at: datetime) -> None:
    """Compile a leased report. All its figures are read from one snapshot, whose moment is ``as_of``.

    Does nothing where another worker has it. A failure is noted in the row.
    """
    report = ProgrammeReport.objects.claim(report_id, at=at)
    if report is None:
        return
    with tracing.within(report.request_id):
        _compile(report, at=at)


def _compile(report: ProgrammeReport, *, at: datetime) -> None:
    at_work = failing.WHAT_IT_COVERS

    def begun(done: int) -> None:
        nonlocal at_work
        at_work = PARTS[done].TITLE
        reached(done)

    try:
        with progress.of(report) as reached, transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            as_of = clock.of_transaction()
            read = covered.read(covered_by(report), is_whole=report.is_whole, as_of=as_of)
            text = contents.as_json(sections(read, begun), settings.VERSION)
            at_work = failing.WHAT_COMES_LAST
            compiled = figures.of(entries(read))
    except progress.Cancelled:
        logger.info("report was cancelled", extra={"report": report.pk})
        return
    except Exception as problem:
        reason = failing.reason(problem, at_work)
        with transaction.atomic():
            if ProgrammeReport.objects.mark_failed(report, reason=reason, at=at):
                failing.tell(report, at)
        logger.exception("report could not be compiled", extra={"report": report.pk})
        return
    with transaction.atomic():
        # False where it has come to an end without us: its reader was told so, and so it stays.
        if ProgrammeReport.objects.mark_done(report, at=as_of):
            ProgrammeReport.objects.filter(pk=report.pk).update(
                figures=compiled, contents=text, fingerprint=contents.fingerprint(text), as_of=as_of
            )
            _tell_of_end(report, at)
    logger.info("report was compiled", extra={"report": report.pk})


def _tell_of_end(report: ProgrammeReport, at: datetime) -> None:
    """Owe whoever asked for it the news that it is there; those of the timetable are found in the list."""
    if report.requested_by is None:
        return
    outbox.post(
        REPORT_READY,
        to=report.requested_by,
        subject_word="programme report",
        subject_id=report.pk,
        cause=f"{REPORT_READY}: report {report.pk}",
        at=at,
    )


def sections(read: Covered, reached: Callable[[int], None] = lambda done: None) -> list[Section]:
    """All that the report holds, in its order.

    reached  called before each part with how many are done
    """
    found = []
    for done, part in enumerate(PARTS):
        reached(done)
        found.append(part.section(read))
    return found


def entries(read: Covered) -> list[Entry]:
    """What the eleven figures need of each application that was received."""
    return [
        Entry(
            is_assessed=one.is_assessed,
            score=one.score,
            is_funded=one.is_funded,
            has_lapsed=one.has_lapsed,
            is_unsuccessful=one.status == Status.UNSUCCESSFUL,
            amount=one.award,
        )
        for one in read.received
    ]


def covered_by(report: ProgrammeReport | InformationRequest) -> list[Competition]:
    wanted = Competition.objects.select_related("region").order_by("code")
    if report.competition_id:
        return list(wanted.filter(pk=report.competition_id))
    # Awards of invented people are no part of the real programme's figures.
    wanted = wanted.filter(is_demonstration=report.of_demonstration)
    return list(wanted.filter(region=report.region_id) if report.region_id else wanted)
