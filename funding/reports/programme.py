"""The programme report: asked for by a person, compiled by a job, kept with the moment it holds for."""

import logging
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction

from accounts import audit, clock, outbox, tracing
from accounts.models import Region, User
from accounts.refusals import Refusal
from accounts.roles import held_in
from applications.assessment import counting, ranking
from applications.models import Application, Competition
from applications.workflow import Status
from funding.models import READERS, Award, AwardStatus, ProgrammeReport
from funding.reports import figures
from funding.reports.figures import Entry

REPORT_READY, REPORT_FAILED = "report_ready", "report_failed"

logger = logging.getLogger(__name__)


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
    covered = competition.region_id if competition else region.pk if region else None
    if not held_in(by, covered) & READERS:
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
    try:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            as_of = clock.of_transaction()
            compiled = figures.of(entries(covered_by(report), as_of=as_of))
    except Exception as problem:
        reason = f"The report could not be compiled ({type(problem).__name__})."
        with transaction.atomic():
            if ProgrammeReport.objects.mark_failed(report, reason=reason, at=at):
                tell_of_failure(report, at)
        logger.exception("report could not be compiled", extra={"report": report.pk})
        return
    with transaction.atomic():
        # False where it has come to an end without us: its reader was told so, and so it stays.
        if ProgrammeReport.objects.mark_done(report, at=as_of):
            ProgrammeReport.objects.filter(pk=report.pk).update(figures=compiled, as_of=as_of)
            _tell(report, REPORT_READY, at)
    logger.info("report was compiled", extra={"report": report.pk})


def tell_of_failure(report: ProgrammeReport, at: datetime) -> None:
    """Owe whoever asked for it the news that it has failed, be it by its worker or for want of one."""
    _tell(report, REPORT_FAILED, at)


def _tell(report: ProgrammeReport, kind: str, at: datetime) -> None:
    outbox.post(
        kind,
        to=report.requested_by,
        subject_word="programme report",
        subject_id=report.pk,
        cause=f"{kind}: report {report.pk}",
        at=at,
    )


def entries(competitions: list[Competition], *, as_of: datetime) -> list[Entry]:
    """Return what was received by those of the competitions that have closed."""
    closed = [competition for competition in competitions if _has_closed(competition, as_of)]
    scores = ranking.scores(closed)
    assessments = counting.assessments().filter(application__competition__in=closed)
    assessed = set(assessments.values_list("application", flat=True))
    awards = Award.objects.filter(application__competition__in=closed)
    amounts = dict(awards.live().values_list("application", "amount"))
    lapsed = set(awards.filter(status=AwardStatus.LAPSED).values_list("application", flat=True))
    received = Application.objects.filter(competition__in=closed).on_the_closing_list().order_by("pk")

    def entry(pk: int, status: str) -> Entry:
        is_funded = status == Status.SUCCESSFUL and pk in amounts
        return Entry(
            is_assessed=pk in assessed,
            score=scores.get(pk),
            is_funded=is_funded,
            has_lapsed=pk in lapsed and not is_funded,
            is_unsuccessful=status == Status.UNSUCCESSFUL,
            amount=amounts[pk] if is_funded else Decimal("0.00"),
        )

    return [entry(pk, status) for pk, status in received.values_list("pk", "status")]


def _has_closed(competition: Competition, as_of: datetime) -> bool:
    """At its closing moment a competition has closed, as for whoever submits."""
    return competition.closes_at is not None and competition.closes_at <= as_of


def covered_by(report: ProgrammeReport) -> list[Competition]:
    wanted = Competition.objects.order_by("code")
    if report.competition_id:
        return list(wanted.filter(pk=report.competition_id))
    # Awards of invented people are no part of the real programme's figures.
    wanted = wanted.filter(is_demonstration=report.of_demonstration)
    return list(wanted.filter(region=report.region_id) if report.region_id else wanted)
