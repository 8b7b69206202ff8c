"""The moment at which a request came in: whatever it asks for is judged by it."""

from datetime import datetime

from django.http import HttpRequest
from rest_framework.request import Request

from accounts import clock


def arrived_at(request: HttpRequest | Request) -> datetime:
    """Return the moment by the one clock, the same however often it is asked.

    The middleware asks first thing for whatever is sent, before the session is looked up or a lock
    waited for, so that a press from before a close counts however long it waits. What only reads
    takes the moment at which a view first asks.
    """
    whole = getattr(request, "_request", request)
    if not hasattr(whole, "arrived_at"):
        whole.arrived_at = clock.now()
    return whole.arrived_at
