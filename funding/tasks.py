from celery import shared_task

from accounts import clock
from funding.reports import programme


@shared_task
def compile_reports(ids: list[int]) -> None:
    """Compile leased programme reports; the figures, or why there are none, are written in their rows."""
    for report_id in ids:
        programme.compile_report(report_id, at=clock.now())
