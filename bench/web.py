"""Visitors of the site: real sessions, real form keys, one kept connection each."""

import secrets
import string
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client

from accounts.models import User
from bench.load import Failed, Worker

#: What Django takes for the secret behind a form key: so many letters and figures.
SECRET_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who has signed in: their cookies, and the form key that goes with them."""

    cookies: str
    key: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, and the status that its answer has where all is well."""

    path: str
    form: dict[str, str] | None = None
    status: int = 200
    visitor: Visitor | None = field(default=None)


def signed_in(person: User) -> Visitor:
    """Sign the person in, as far as the session goes: no password is asked for."""
    client = Client()
    client.force_login(person)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    letters = string.ascii_letters + string.digits
    key = "".join(secrets.choice(letters) for _ in range(SECRET_LENGTH))
    cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={key}"
    return Visitor(cookies, key)


def worker(port: int, visitor: Visitor, asks: Callable[[], Iterable[Ask]]) -> Worker:
    """A worker that sends one request after another over one connection."""

    def deeds() -> Iterator[Callable[[], object]]:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        for ask in asks():
            yield lambda ask=ask: send(connection, visitor, ask)

    return deeds


def send(connection: HTTPConnection, visitor: Visitor, ask: Ask) -> bytes:
    """Send one request and return the body of its answer. Raises Failed for another status."""
    visitor = ask.visitor or visitor
    headers = {"Cookie": visitor.cookies, "Accept-Encoding": "identity"}
    if ask.form is None:
        connection.request("GET", ask.path, headers=headers)
    else:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode({"csrfmiddlewaretoken": visitor.key, **ask.form})
        connection.request("POST", ask.path, body.encode(), headers)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != ask.status:
        said = content.decode(errors="replace")
        raise Failed(f"{ask.path} answered {answer.status}, not {ask.status}: {said[:300]}")
    return content


def fetched(port: int, visitor: Visitor, path: str) -> bytes:
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        return send(connection, visitor, Ask(path))
    finally:
        connection.close()
