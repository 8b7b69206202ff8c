"""An answer of which a client may ask for a part, to go on where it broke off (RFC 9110, section 14)."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag

#: One range: of several the whole is the answer, which a client has to take.
ONE = re.compile(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.IGNORECASE | re.ASCII)


class Part(NamedTuple):
    """The first byte and the last, both of them in it; ``is_all`` where nobody asked for less."""

    first: int
    last: int
    is_all: bool = False


class NoSuchPart(Exception):
    """None of the bytes that are asked for are there."""


def answer(
    request: HttpRequest,
    read: Callable[[Part], Iterator[bytes]],
    *,
    size: int,
    fingerprint: str,
    as_of: datetime,
    headers: dict[str, str],
) -> HttpResponseBase:
    """Answer with the whole, a part, or why not: 200, 206, 304, 412 or 416.

    read         called with the part whose bytes it is to yield; not at all where none are sent
    size         of the whole; nought has no part
    fingerprint  of the whole: bytes that are not the same have another
    headers      of the answers that have content
    """
    etag = quote_etag(fingerprint)
    validators = {"ETag": etag, "Last-Modified": http_date(as_of.timestamp()), "Accept-Ranges": "bytes"}
    unmet = get_conditional_response(request, etag, int(as_of.timestamp()))
    if unmet is not None:
        return _headed(unmet, validators)
    try:
        part = asked(request, size, etag, as_of)
    except NoSuchPart:
        return _headed(HttpResponse(status=416), validators | {"Content-Range": f"bytes */{size}"})
    named = {**headers, **validators, "Content-Length": str(part.last - part.first + 1)}
    if not part.is_all:
        named["Content-Range"] = f"bytes {part.first}-{part.last}/{size}"
    status = 200 if part.is_all else 206
    if request.method == "HEAD":
        return _headed(HttpResponse(status=status), named)
    return _headed(StreamingHttpResponse(read(part), status=status), named)


def asked(request: HttpRequest, size: int, etag: str, as_of: datetime) -> Part:
    """What is asked for; the whole for what cannot be read or is of a file that has changed since.

    Raises NoSuchPart.
    """
    whole = Part(0, size - 1, is_all=True)
    found = ONE.fullmatch(request.headers.get("Range", ""))
    # HTTP knows parts of what is got, and of nothing else.
    if request.method != "GET" or found is None or not _is_of_this(request, etag, as_of):
        return whole
    first, last = found.groups()
    if not first:
        return _last(int(last), size) if last else whole
    if last and int(last) < int(first):
        return whole
    if int(first) >= size:
        raise NoSuchPart
    return Part(int(first), min(int(last), size - 1) if last else size - 1)


def _last(several: int, size: int) -> Part:
    if not several or not size:
        raise NoSuchPart
    return Part(max(size - several, 0), size - 1)


def _is_of_this(request: HttpRequest, etag: str, as_of: datetime) -> bool:
    """Whether If-Range, where it was sent, names this very file. A weak tag names none."""
    named = request.headers.get("If-Range", "").strip()
    if not named or '"' in named:
        return not named or named == etag
    try:
        return int(parsedate_to_datetime(named).timestamp()) == int(as_of.timestamp())
    except (TypeError, ValueError, OverflowError):
        return False


def _headed(response: HttpResponseBase, headers: dict[str, str]) -> HttpResponseBase:
    for name, value in headers.items():
        response[name] = value
    return response
