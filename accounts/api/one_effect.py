"""Requests that do something once for each ``Idempotency-Key``, however often they are sent."""

import functools
import hashlib
import json
import re
from collections.abc import Callable

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from accounts import intents
from accounts.views.arrival import arrived_at

HEADER = "Idempotency-Key"
LONGEST = 64
KEY = f"[!-~]{{1,{LONGEST}}}"

#: What the schema says of the header.
KEY_PARAMETER = OpenApiParameter(
    HEADER,
    {"type": "string", "pattern": f"^{KEY}$"},
    OpenApiParameter.HEADER,
    required=True,
    description="Your own name for this request, 1 to 64 letters, digits and signs; the same on every try. "
    "Sent again within seven days it does nothing more and gets the same answer.",
)


class StillRunning(APIException):
    status_code = 409
    default_code = "still_running"
    default_detail = "The first request under this key is still running. Try again with the same key."
    #: Seconds; REST framework makes the Retry-After header of it.
    wait = 1


class KeyReused(APIException):
    status_code = 422
    default_code = "key_reused"
    default_detail = "This key stands for another request that was sent before. Use a new one."


def one_effect(action: str) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Let a method of a view set act once for each key. The answer is kept as it was given.

    The row is found first, with the view set's ``acts_on()``, so that a stranger gets the same 404
    with a key and without; the method is called with it.
    """

    def decorate(method: Callable[..., Response]) -> Callable[..., Response]:
        @functools.wraps(method)
        def once_only(view, request: Request, **named) -> Response:
            subject = view.acts_on()

            def do() -> dict:
                answer = method(view, request, subject)
                data = json.loads(json.dumps(answer.data, cls=JSONEncoder))
                return {"status": answer.status_code, "data": data}

            try:
                kept, _is_repeated = intents.once(
                    action,
                    key=_key(request),
                    body=_fingerprint(request),
                    by=request.user,
                    at=arrived_at(request),
                    do=do,
                )
            except intents.StillRunning:
                raise StillRunning from None
            except intents.KeyReused:
                raise KeyReused from None
            return Response(kept["data"], kept["status"])

        once_only.one_effect = action  # type: ignore[attr-defined]
        return once_only

    return decorate


def _key(request: Request) -> str:
    key = request.headers.get(HEADER, "")
    if not re.fullmatch(KEY, key):
        raise ValidationError({HEADER: [f"Send a key of 1 to {LONGEST} letters, digits and signs."]})
    return key


def _fingerprint(request: Request) -> str:
    sent = json.dumps([request.method, request.path, request.data], sort_keys=True, cls=JSONEncoder)
    return hashlib.sha256(sent.encode()).hexdigest()
