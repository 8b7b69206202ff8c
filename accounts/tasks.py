from celery import shared_task

from accounts import clock, delivery, timetable


@shared_task
def deliver_notifications(ids: list[int]) -> None:
    """Send some leased notifications; what happened is written in their rows."""
    delivery.deliver(ids, at=clock.now())


@shared_task
def tick() -> None:
    """Take the rows of what the timetable says is due. Beat sends it; a second beat does no harm."""
    timetable.tick(clock.now())


@shared_task
def run_jobs(ids: list[int]) -> None:
    """Do the work of leased rows of the timetable; what came of it is written there."""
    for run_id in ids:
        timetable.run(run_id, at=clock.now())
