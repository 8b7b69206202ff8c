from celery import shared_task

from accounts import clock
from funding.reports import programme


@shared_task
def compile_report(report_id: int) -> None:
    """Compile one leased programme report; its figures, or why there are none, are written in its row."""
    programme.compile_report(report_id, at=clock.now())
