from celery import shared_task

from accounts import clock, messages
from applications.exports import receipt_copies


@shared_task
def make_receipt_copies(ids: messages.Ids, version: int = messages.VERSION, **later) -> None:
    """Make leased copies of receipts; the documents, or why there are none, are written in their rows."""
    for copy_id in messages.read(ids, version):
        receipt_copies.make(copy_id, at=clock.now())
