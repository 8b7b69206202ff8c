from celery import shared_task

from accounts import clock, delivery, timetable


@shared_task
def deliver_notification(notification_id: int) -> None:
    """Send one leased notification; what happened is written in its row."""
    delivery.deliver(notification_id, at=clock.now())


@shared_task
def tick() -> None:
    """Take the rows of what the timetable says is due. Beat sends it; a second beat does no harm."""
    timetable.tick(clock.now())


@shared_task
def run_job(run_id: int) -> None:
    """Do the work of one leased row of the timetable; what came of it is written there."""
    timetable.run(run_id, at=clock.now())
