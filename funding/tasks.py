from celery import shared_task

from accounts import clock, messages
from funding.reports import programme


@shared_task
def compile_reports(ids: messages.Ids, version: int = messages.VERSION, **later) -> None:
    """Compile leased programme reports; the figures, or why there are none, are written in their rows."""
    for report_id in messages.read(ids, version):
        programme.compile_report(report_id, at=clock.now())
