from celery import shared_task

from accounts import clock, messages
from funding.exports import funding_file
from funding.reports import programme
from funding.scenarios import solving


@shared_task
def compile_reports(ids: messages.Ids, version: int = messages.VERSION, **later) -> None:
    """Compile leased programme reports; the figures, or why there are none, are written in their rows."""
    for report_id in messages.read(ids, version):
        programme.compile_report(report_id, at=clock.now())


@shared_task(soft_time_limit=14 * 60, time_limit=15 * 60)
def write_files(ids: messages.Ids, version: int = messages.VERSION, **later) -> None:
    """Write leased files of the funding report. Each holds its lease, which it may outlast, as it writes."""
    for file_id in messages.read(ids, version):
        funding_file.write(file_id, at=clock.now())


@shared_task
def work_out_scenarios(ids: messages.Ids, version: int = messages.VERSION, **later) -> None:
    """Work leased scenarios out; the answer, or why there is none, is written in their rows."""
    for request_id in messages.read(ids, version):
        solving.work_out(request_id, at=clock.now())
