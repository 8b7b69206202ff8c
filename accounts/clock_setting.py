"""Setting the one clock, for tests and demonstrations. Every process obeys, from its next look on."""

import logging
from datetime import datetime

from django.conf import settings

from accounts import audit
from accounts.models import ClockSetting
from accounts.refusals import Refusal

logger = logging.getLogger(__name__)


class Deployed(Refusal):
    """The clock of a deployment is the real one."""

    def __init__(self):
        super().__init__("This is a deployment: its clock cannot be set.")


@audit.action("set the clock")
def set_to(moment: datetime, *, by=None, at: datetime) -> ClockSetting:
    """Let it be ``moment`` now, and go on from there.

    at  the real moment. Raises Deployed.
    """
    if settings.DEPLOYED:
        raise Deployed
    setting, _ = ClockSetting.objects.update_or_create(
        pk=ClockSetting.THE_ONE, defaults={"ahead": moment - at, "set_at": at}
    )
    audit.note(after={"ahead_in_seconds": int(setting.ahead.total_seconds())})
    logger.warning("clock was set", extra={"ahead": str(setting.ahead)})
    return setting


@audit.action("return to the real clock")
def unset(*, by=None, at: datetime) -> bool:
    """Return to the real clock; whether another was set. Allowed everywhere."""
    gone, _ = ClockSetting.objects.all().delete()
    audit.note(after={"was_set": bool(gone)})
    logger.info("clock is the real one", extra={"was_set": bool(gone)})
    return bool(gone)


def refuse_in_deployment() -> None:
    """Raise Deployed where a deployment's database has a clock that is set, so that it does not start."""
    if settings.DEPLOYED and ClockSetting.objects.exists():
        raise Deployed
