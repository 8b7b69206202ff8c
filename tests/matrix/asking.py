"""Requests of every verb, what their answers say, and what they left in the database."""

import io
import json
import re
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

from django.db import connection
from django.http import HttpResponse
from django.test import Client

from accounts.models import AuditEntry, AuditSeal, AuditWaiting
from accounts.roles import Role
from tests import rows_of_tables
from tests.matrix.world import Planted, Side

READING = ("get", "head", "options")
WRITING = ("post", "put", "patch", "delete")
VERBS = (*READING, *WRITING)

#: Rows that say who came by and what was refused them; a form that did nothing keeps its answer too.
NOTED = {AuditEntry._meta.db_table, AuditWaiting._meta.db_table, AuditSeal._meta.db_table}
PASSED_OVER = NOTED | {"django_session", "cache", "accounts_heartbeat", "accounts_intent"}

#: What differs between two answers that say the same: tokens and how long a session has yet, also of a
#: page in JSON, and request ids.
PASSING = re.compile(
    r'value=\\?"\w{64}\\?"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
    r'|data-(left|ends)=\\?"[^"\\]*\\?"|<span data-session-at>[^<]*</span>'
)
#: As world.py writes them.
PLANTED = re.compile(r"planted[A-Z]+x\d+x")

#: Every name that some form or some body of ours reads, filled in so that a write would go through.
FILLED_IN = {
    "title": "Taken over", "text": "Taken over", "name": "Taken over Ltd", "reason": "Because.",
    "is_true": "on", "may_sign_in": "on", "terms_accepted": "on", "has_russian_involvement": "False",
    "is_exploited_from_uk": "True", "percentage_asked": "40", "method": "none", "description": "Steel",
    "quantity": "3", "unit_cost": "100", "annual_cost": "1000", "working_days": "1", "days": "1",
    "work_postcode": "L1 8JQ", "company_number": "01234567", "kind": "business", "size": "micro_small",
    "address": "1 Dock Road", "postcode": "L3 4AA", "note_to_staff": "Taken over", "save": "yes",
    "stop-reason": "Because.", "refuse-reason": "Because.", "start_on": "2027-01-01",
    "closes_at_0": "2027-01-01", "closes_at_1": "11:00", "duration_months": "6",
}  # fmt: skip


@dataclass
class Viewer:
    """Somebody who asks. ``home`` is where their rows are; ``foreign`` the side that is others'."""

    name: str
    client: Client
    roles: frozenset[Role]
    foreign: Side
    home: Side | None = None
    #: The kinds of row that this viewer reads on the foreign side too.
    reads: frozenset[str] = frozenset()
    requests: int = 0
    #: How often a row of the viewer's own was shown: without any, refusals would prove nothing.
    shown: int = 0
    faults: list[str] = field(default_factory=list)
    secrets: list[Planted] = field(default_factory=list)

    def ask(self, verb: str, address: str, body: Mapping[str, object] | None = None) -> HttpResponse:
        self.requests += 1
        # What an earlier page left to be said would stand on this one.
        self.client.cookies.pop("messages", None)
        send = getattr(self.client, verb)
        if verb in READING:
            return send(address)
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        if verb == "post" and not address.startswith("/api/"):
            form = {**FILLED_IN, **(body or {})}
            return send(
                address, {name: text for name, text in form.items() if text is not None}, headers=headers
            )
        sent = {**FILLED_IN, "is_true": True, **(body or {})}
        return send(address, json.dumps(sent), content_type="application/json", headers=headers)

    def fault(self, said: str) -> None:
        self.faults.append(f"{self.name}: {said}")

    def look_through(self, answer: HttpResponse, what: str, sent: str = "") -> None:
        """Note an error of ours, and every planted text that the answer has; ``sent`` may be echoed."""
        if answer.status_code >= 500:
            self.fault(f"{what} broke: {answer.status_code}")
        text = whole(answer)
        words = set(PLANTED.findall(text))
        told = [
            one
            for one in self.secrets
            if (one.text in words if PLANTED.fullmatch(one.text) else one.text in text)
            and one.text not in sent
        ]
        for one in told[:3]:
            self.fault(f"{what} tells a text of another's {one.model.__name__}: {one.text}")


def whole(answer: HttpResponse) -> str:
    """All of an answer as text, with what is inside of a workbook."""
    if answer.streaming:
        # A stream is read once.
        answer.kept = getattr(answer, "kept", None) or b"".join(answer.streaming_content)
    content = answer.kept if answer.streaming else answer.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist())
    return content.decode("utf-8", "replace")


def said(answer: HttpResponse, address: str, values: Mapping[str, str]) -> tuple:
    """What an answer says beside the ids that were asked for: its status, headers and body."""
    text, leads_to = PASSING.sub("", whole(answer)), answer.get("Location", "")
    for known in dict.fromkeys(_echoes(address, values)):
        text = text.replace(known, "¤")
    for value in values.values():
        leads_to = leads_to.replace(f"/{value}/", "/¤/").replace(quote(f"/{value}/"), "/¤/")
    headers = tuple(answer.get(name, "") for name in ("Allow", "Content-Type", "WWW-Authenticate"))
    return answer.status_code, leads_to, headers, text


def _quoted_twice(value: str) -> str:
    """As the address of one page stands in a link to another."""
    return quote_plus(quote_plus(value))


def _echoes(address: str, values: Mapping[str, str]) -> Iterator[str]:
    """How a page gives back what it was asked, as it stands and as links write it; the longest first."""
    for write in (str, quote, quote_plus):
        yield write(address)
    for value in values.values():
        yield from (f'value="{value}"', f"“{value}”", f'"value": "{value}"')
    for name, value in values.items():
        yield from (
            f"{name}{sign}{write(value)}"
            for sign in ("=", "%3D")
            for write in (_quoted_twice, quote_plus, quote, str)
        )
    # An id of this length, or a name of one's own choosing, stands for nothing else on a page.
    for value in values.values():
        if len(value) >= 7:
            yield from (write(value) for write in (quote_plus, quote, str))


class Rows:
    """Whether requests changed anything. Counts first, since comparing all tables takes longer."""

    def __init__(self) -> None:
        self.count, self.rows = self._count(), rows_of_tables.digest(PASSED_OVER)

    def changed(self) -> bool:
        """Whether any table differs from what it was at the last call."""
        count = self._count()
        if count == self.count:
            return False
        rows = rows_of_tables.digest(PASSED_OVER)
        is_changed, self.count, self.rows = rows != self.rows, count, rows
        return is_changed

    @staticmethod
    def _count() -> int:
        """Rows written in this transaction, those of writes undone since among them."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables"
                " WHERE relname <> ALL(%s)",
                [list(PASSED_OVER)],
            )
            return int(cursor.fetchone()[0])
