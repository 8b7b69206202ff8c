"""Walks every address of the service as one person, with the ids that are asked about."""

from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO

from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import get_resolver
from openpyxl import load_workbook

from tests.access import METHODS, Route, walk

#: What stands in an address for anything that is no id.
WORDS = {
    "key": "scope", "kind": "application_submitted", "app_label": "applications", "category": "labour",
    "url": "x/", "uidb36": "1",
}  # fmt: skip


def addresses(ids: Iterable[int], values: Mapping[str, str]) -> Iterator[tuple[Route, str]]:
    """Each route with each of the ids wherever it takes one; but not the way out.

    values  what other parameters are, by their names; ``%s`` in one is the id
    """
    known = WORDS | {"object_id": "%s", "pk": "%s"} | dict(values)
    for route in walk(get_resolver()):
        if "logout" in route.key:
            continue
        for one in sorted(set(ids)) if route.parameters else [0]:
            given = {name: known.get(name, "%s").replace("%s", str(one)) for name in route.parameters}
            yield route, route.address(given)


def answers(
    browser: Client,
    ids: Iterable[int],
    values: Mapping[str, str],
    searched: Iterable[str] = (),
    methods: Iterable[str] = METHODS,
) -> Iterator[tuple[str, str, bytes]]:
    """How it was asked, the address, and what the answer says; then the same pages searched."""
    for route, address in addresses(ids, values):
        for method in methods:
            yield method, address, told(getattr(browser, method)(address))
        for words in searched if not route.parameters else ():
            yield "search", f"{address}?q={words}", told(browser.get(address, {"q": words}))


def told(answer: HttpResponseBase) -> bytes:
    """The answer's bytes; of a workbook the words in its cells."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if "spreadsheetml" not in answer.get("Content-Type", ""):
        return body
    sheets = load_workbook(BytesIO(body)).worksheets
    rows = (row for sheet in sheets for row in sheet.iter_rows(values_only=True))
    return "\n".join(str(cell) for row in rows for cell in row if cell is not None).encode()
