"""The API's schema, and a page of our own that explains it (stock ones need inline script)."""

from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.http import FileResponse, HttpRequest
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import AllowAny


class FormatInAddress(DefaultContentNegotiation):
    """Lets ``?format=json`` choose; elsewhere ``format`` is an unknown parameter like any other."""

    def select_renderer(self, request, renderers, format_suffix=None):
        return super().select_renderer(request, renderers, request.query_params.get("format"))


class Schema(SpectacularAPIView):
    """The OpenAPI schema, as YAML or with ``?format=json`` as JSON."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    content_negotiation_class = FormatInAddress


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: a parameter, or a field of an answer (``inside.it`` for nested ones)."""

    name: str
    kind: str
    description: str
    choices: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Operation:
    anchor: str
    method: str
    path: str
    summary: str
    is_public: bool
    parameters: list[Row]
    sent: list[Row]
    refusals: list[tuple[str, str]]
    fields: list[Row]


REFUSALS = {
    "400": "A parameter is unknown or cannot be understood.",
    "401": "You need a token or a session, or the token is no longer in use.",
    "403": "Your role may not do this.",
    "404": "It does not exist, or you may not see it: the answer is the same. Or the list has no such page.",
    "409": "A rule of the programme is not met as things stand, or the key's first request still runs.",
    "415": "Send JSON.",
    "422": "What was sent is not good enough, or the key stands for another request.",
}

KINDS = {
    "string": "text",
    "decimal": "decimal as text",
    "date-time": "moment",
    "uri": "address",
    "integer": "whole number",
    "boolean": "true or false",
}


@require_safe
def docs(request):
    return render(request, "api_docs.html", {"operations": operations(), "site_url": settings.SITE_URL})


@require_safe
def guide(request: HttpRequest) -> FileResponse:
    """The guide for people who write a client, as it stands in the project: text that reads as it is."""
    file = open(settings.BASE_DIR / "docs" / "api.md", "rb")  # noqa: SIM115 (the answer closes it)
    return FileResponse(file, content_type="text/plain; charset=utf-8")


@cache
def operations() -> list[Operation]:
    """The operations of the generated schema, in the order of their addresses.

    The schema follows from the code alone, so one look is enough for as long as the process lives.
    """
    schema = SchemaGenerator().get_schema(request=None, public=True)
    components = schema["components"]["schemas"]
    return [
        _operation(path, method, details, components)
        for path, methods in schema["paths"].items()
        for method, details in methods.items()
    ]


def _operation(path: str, method: str, details: dict, components: dict) -> Operation:
    [answer] = details["responses"]["200"]["content"].values()
    return Operation(
        anchor=details["operationId"],
        method=method.upper(),
        path=path,
        summary=details.get("description", ""),
        is_public={} in details.get("security", []),
        parameters=[
            _row(parameter["name"], parameter["schema"], components, parameter.get("description", ""))
            for parameter in sorted(details.get("parameters", []), key=_page_last)
        ],
        sent=_fields(_sent(details, components), components),
        refusals=[(code, REFUSALS[code]) for code in details["responses"] if code in REFUSALS],
        fields=_fields(_resolved(answer["schema"], components), components),
    )


def _sent(details: dict, components: dict) -> dict:
    """The object that the operation takes, or an empty one."""
    body = details.get("requestBody", {}).get("content", {}).get("application/json", {})
    return _resolved(body.get("schema", {}), components)


def _page_last(parameter: dict) -> tuple[int, str]:
    order = {"ordering": 1, "page": 2, "page_size": 3}
    return order.get(parameter["name"], 0), parameter["name"]


def _fields(schema: dict, components: dict, prefix: str = "") -> list[Row]:
    """The fields of an object, those of nested objects below their own line."""
    rows = []
    for name, inner in schema.get("properties", {}).items():
        rows.append(_row(prefix + name, inner, components))
        nested = _resolved(inner, components)
        if nested.get("type") == "array":
            nested = _resolved(nested["items"], components)
        rows += _fields(nested, components, f"{prefix}{name}.")
    return rows


def _row(name: str, schema: dict, components: dict, description: str = "") -> Row:
    inner = _resolved(schema, components)
    return Row(
        name=name,
        kind=_kind(schema, components),
        description=description or schema.get("description", ""),
        choices=[str(choice) for choice in inner.get("enum", []) if choice],
    )


def _kind(schema: dict, components: dict) -> str:
    """A schema's type in plain words: "list of text", "moment, may be null"."""
    inner = _resolved(schema, components)
    name = inner.get("type", "object")
    kind = KINDS.get(inner.get("format", name), KINDS.get(name, name))
    if name == "array":
        kind = f"list of {_kind(inner['items'], components)}"
    return f"{kind}, may be null" if inner.get("nullable") or schema.get("nullable") else kind


def _resolved(schema: dict, components: dict) -> dict:
    """Follow references, also those that stand alone in an allOf or beside a blank choice."""
    if "$ref" in schema:
        return _resolved(components[schema["$ref"].rsplit("/", 1)[1]], components)
    for word in ("allOf", "oneOf"):
        if word in schema:
            return _resolved(schema[word][0], components)
    return schema
