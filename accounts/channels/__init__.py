"""The ways an email leaves the house: a mail server, or GOV.UK Notify where it has a key.

Each has ``send(message, reference=, is_repeat=, at=)``, which returns the carrier's own reference
for the email once that is taken, or raises Refused or NotNow.
"""

from types import ModuleType

from django.conf import settings

from accounts.channels import notify, smtp
from accounts.channels.answers import MaybeTaken, NotNow, OurSetUp, Refused

__all__ = ["NOTIFY", "SMTP", "MaybeTaken", "NotNow", "OurSetUp", "Refused", "chosen", "name"]

SMTP, NOTIFY = "smtp", "notify"

_channels = {SMTP: smtp, NOTIFY: notify}


def name() -> str:
    return NOTIFY if settings.NOTIFY_API_KEY else SMTP


def chosen() -> ModuleType:
    return _channels[name()]
