"""An information request gets its report, is answered from it, or is withdrawn."""

import logging
from collections.abc import Collection, Mapping
from datetime import date, datetime

from accounts import audit
from accounts.formats import listed
from accounts.london import day_of
from accounts.models import User
from accounts.roles import held_in
from funding import duties
from funding.models import InformationRequest, ProgrammeReport, RequestState
from funding.register import quoted, scopes, unpublished, withholding
from funding.register.entering import RequestRefused
from funding.register.exemptions import LONGEST_NOTE, SECTIONS
from funding.reports import programme

logger = logging.getLogger(__name__)

LONGEST_ANSWER, LONGEST_REASON = 10_000, 1000


@audit.action("choose report for information request")
def attach(
    request: InformationRequest, report: ProgrammeReport | None, *, by: User, at: datetime
) -> InformationRequest:
    """Let it be answered from a kept report of the same scope; of None, from one that is compiled now.

    Raises RoleMissing, and RequestRefused where it has ended or the report is about something else.
    """
    request = _held(request, by)
    scope = scopes.of(request)
    if report is None:
        report = programme.request(
            scope.competition, scope.region, of_demonstration=scope.of_demonstration, by=by, at=at
        )
    elif scopes.of(report) != scope:
        raise RequestRefused("report", "Choose a report of what the request is about")
    request.report = report
    request.save(update_fields=["report"])
    audit.note(subject=request, after={"report": report.pk})
    return request


@audit.action("take over answer of information request")
def take_over(
    request: InformationRequest, earlier: InformationRequest, *, by: User, at: datetime
) -> InformationRequest:
    """Answer it as one like it was answered: the same tables and exemptions, with figures of now.

    Raises RoleMissing, and RequestRefused where it has ended or the other has no answer.
    """
    request = _held(request, by)
    if earlier.state != RequestState.ANSWERED:
        raise RequestRefused("", "That request has no answer to take over.")
    request.tables, request.exemptions = earlier.tables, earlier.exemptions
    request.save(update_fields=["tables", "exemptions"])
    audit.note(subject=request, after={"as": earlier.pk})
    return attach(request, None, by=by, at=at)


@audit.action("answer information request")
def answer(
    request: InformationRequest,
    text: str,
    *,
    tables: Collection[str],
    exemptions: Mapping[str, str],
    fingerprint: str,
    by: User,
    at: datetime,
) -> InformationRequest:
    """Record its answer: from the report that it has, under exemptions, or both.

    The tables are enclosed without what nobody may be told (``withholding``), and kept so.

    fingerprint  of the report that the writer saw; empty where there was none

    Raises RoleMissing and RequestRefused.
    """
    request = _held(request, by)
    text, report = text.strip(), request.report if request.report and request.report.contents else None
    noted = {number: note.strip() for number, note in exemptions.items() if note.strip()}
    if not text or len(text) > LONGEST_ANSWER:
        raise RequestRefused("answer", "Enter the answer")
    if not noted.keys() <= SECTIONS.keys() or any(len(note) > LONGEST_NOTE for note in noted.values()):
        raise RequestRefused("", "Choose the exemptions from the list")
    if (report.fingerprint if report else "") != fingerprint:
        raise RequestRefused(
            "", "Another report was chosen meanwhile. Look at its figures before you answer."
        )
    if report is None and not noted:
        raise RequestRefused("", "Choose the report that it is answered from, or the exemption relied on.")
    known = quoted.names(report) if report else {}
    if unknown := [name for name in tables if name not in known]:
        raise RequestRefused("tables", f"The report has no table {', '.join(unknown)}")
    if report and not tables and not noted:
        raise RequestRefused("tables", "Choose the tables that the answer quotes")
    _check_names(request, {"answer": text, **{f"section_{n}": note for n, note in noted.items()}}, at)
    if report is not None:
        request.enclosed = _enclosed(report, tables, noted, day_of(at))
    request.state, request.answer = RequestState.ANSWERED, text
    request.tables, request.exemptions = [name for name in known if name in tables], noted
    request.report, request.answered_by, request.answered_at = report, by, at
    request.save()
    audit.note(
        subject=request,
        before={"state": RequestState.OPEN},
        after={
            "state": request.state,
            "report": report.pk if report else None,
            "tables": request.tables,
            "exemptions": sorted(noted),
        },
    )
    logger.info("information request was answered", extra={"information_request": request.pk})
    return request


def _enclosed(report: ProgrammeReport, tables: Collection[str], noted: Mapping[str, str], today: date) -> str:
    """Raises RequestRefused where something is left out under no section."""
    found = withholding.enclosed(report, tables, today)
    for reason in found.uncovered(noted):
        sections = withholding.COVERED_BY[reason]
        said = f"Say why under section {listed(sections, 'or')}: the answer leaves out {reason}"
        raise RequestRefused(f"section_{sections[0]}", said)
    return found.text if found.tables else ""


def _check_names(request: InformationRequest, texts: Mapping[str, str], at: datetime) -> None:
    """Raises RequestRefused at the field whose text names an award that nobody outside may be told of."""
    competitions = {one.pk for one in programme.covered_by(request)}
    for field, text in texts.items():
        if names := unpublished.named(competitions, text, at):
            said = f"Take {listed(names)} out of the answer: nobody outside may be told of it yet"
            raise RequestRefused(field, said)


@audit.action("withdraw information request")
def withdraw(request: InformationRequest, reason: str, *, by: User, at: datetime) -> InformationRequest:
    """Close it without an answer, as where it was taken back or logged by mistake.

    Raises RoleMissing and RequestRefused.
    """
    request = _held(request, by)
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise RequestRefused("reason", "Say why it needs no answer")
    request.state, request.reason = RequestState.WITHDRAWN, reason
    request.withdrawn_by, request.withdrawn_at = by, at
    request.save()
    audit.note(subject=request, before={"state": RequestState.OPEN}, after={"state": request.state})
    return request


def _held(request: InformationRequest, by: User) -> InformationRequest:
    """The request as it stands, locked, for those who may answer it."""
    rows = InformationRequest.objects.select_for_update(of=("self",))
    request = rows.select_related("competition", "region", "report__competition", "report__region").get(
        pk=request.pk
    )
    duties.check(duties.ANSWER, roles=held_in(by, scopes.of(request).region_id))
    if not request.is_open:
        raise RequestRefused(
            "", f"It was {request.get_state_display().lower()} meanwhile: nothing is changed."
        )
    return request
