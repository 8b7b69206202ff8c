"""One shape for everything the API refuses: ``{"errors": [{"code", "field", "message"}]}``."""

import re
from collections.abc import Iterator
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import APIException, NotFound, PermissionDenied
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

from accounts.refusals import Refusal, RoleMissing

#: The field under which DRF files what belongs to no single field.
WHOLE = "non_field_errors"


class ErrorSerializer(serializers.Serializer):
    code = serializers.CharField(help_text="A short word that stays the same: invalid, not_found, …")
    field = serializers.CharField(allow_null=True, help_text="The parameter at fault, where there is one.")
    message = serializers.CharField(help_text="What is wrong, for a person to read.")


class ErrorsSerializer(serializers.Serializer):
    errors = ErrorSerializer(many=True)


class RuleNotMet(APIException):
    """A refusal of the programme's rules, told under the name of its class: ``not_enough``."""

    status_code = 409

    def __init__(self, refusal: Refusal, person):
        code = re.sub(r"(?<!^)(?=[A-Z])", "_", type(refusal).__name__).lower()
        super().__init__(_sentence(refusal.told_to(person)) or "A rule of the programme is not met.", code)


class Unprocessable(APIException):
    """What was sent can be read and is not good enough; ``detail`` has a message for each fault."""

    status_code = 422
    default_code = "unprocessable"


def as_errors(exc, context) -> Response | None:
    """REST framework's handler in our shape. Anything not refused on purpose stays an error of ours."""
    if isinstance(exc, RoleMissing):
        exc = PermissionDenied(_sentence(str(exc)))
    elif isinstance(exc, Refusal):
        exc = RuleNotMet(exc, context["request"].user)
    response = exception_handler(exc, context)
    if response is None:
        return None
    details: Any
    if isinstance(exc, APIException):
        details = exc.get_full_details()
    else:
        # Django's own Http404 and PermissionDenied: their text may name what was looked for.
        code = "not_found" if response.status_code == 404 else "permission_denied"
        details = {"code": code, "message": "There is nothing here that you may see."}
    response.data = {"errors": list(_flat(details, None))}
    return response


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


def _flat(details: Any, field: str | None) -> Iterator[dict[str, str | None]]:
    if isinstance(details, list):
        for detail in details:
            yield from _flat(detail, field)
    elif set(details) == {"code", "message"} and isinstance(details["message"], str):
        yield {"code": details["code"], "field": field, "message": str(details["message"])}
    else:
        for name, detail in details.items():
            yield from _flat(detail, None if name == WHOLE else name)


class NoSuchAddress(APIView):
    """Whatever lies under the API's address and is none of its routes."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    schema = None

    def initial(self, request, *args, **kwargs):
        raise NotFound("There is no such address in this API.")
