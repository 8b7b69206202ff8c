from celery import shared_task

from accounts import clock, messages
from funding.exports import funding_file
from funding.reports import programme


@shared_task
def compile_reports(ids: messages.Ids, version: int = messages.VERSION, **later) -> None:
    """Compile leased programme reports; the figures, or why there are none, are written in their rows."""
    for report_id in messages.read(ids, version):
        programme.compile_report(report_id, at=clock.now())


@shared_task(soft_time_limit=14 * 60, time_limit=15 * 60)
def write_files(ids: messages.Ids, version: int = messages.VERSION, **later) -> None:
    """Write leased files of the funding report. It may outlast a lease: each block begins it again."""
    for file_id in messages.read(ids, version):
        funding_file.write(file_id, at=clock.now())
