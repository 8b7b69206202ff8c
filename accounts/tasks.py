from celery import shared_task

from accounts import clock, delivery, messages, timetable
from accounts.models import Heartbeat


@shared_task
def deliver_notifications(ids: messages.Ids, version: int = messages.VERSION, **later) -> None:
    """Send some leased notifications; what happened is written in their rows."""
    delivery.deliver(messages.read(ids, version), at=clock.now())


@shared_task
def tick(version: int = messages.VERSION, **later) -> None:
    """Take the rows of what the timetable says is due. Beat sends it; a second beat does no harm."""
    at = clock.now()
    Heartbeat.objects.beat(Heartbeat.BEAT, at=at)
    timetable.tick(at)


@shared_task
def run_jobs(ids: messages.Ids, version: int = messages.VERSION, **later) -> None:
    """Do the work of leased rows of the timetable; what came of it is written there."""
    for run_id in messages.read(ids, version):
        timetable.run(run_id, at=clock.now())
