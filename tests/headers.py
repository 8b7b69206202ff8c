"""Reads an answer and says what its content security policy would stop, or what its headers lack."""

from collections.abc import Iterator
from html.parser import HTMLParser

from django.http import HttpResponseBase

EXPECTED = {
    "Content-Security-Policy": {
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    },
    "X-Content-Type-Options": {"nosniff"},
    "X-Frame-Options": {"DENY"},
    "Referrer-Policy": {"same-origin"},
    "Cross-Origin-Opener-Policy": {"same-origin"},
}
#: Scripts that hold data and are never run.
DATA = frozenset({"application/json", "application/ld+json"})
FOREIGN = frozenset({"base", "iframe", "object", "embed", "frame", "applet"})
LOADED = {"script": "src", "img": "src", "link": "href", "source": "src", "use": "href"}


class Inline(HTMLParser):
    """Collects what a page holds that may only come from a file of ours."""

    def __init__(self):
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        if tag == "style" or tag in FOREIGN:
            self.faults.append(f"<{tag}>")
        if tag == "script" and not values.get("src") and values.get("type") not in DATA:
            self.faults.append("<script> without a file")
        self.faults += [f"{tag} with {name}" for name in values if name == "style" or name.startswith("on")]
        self.faults += [
            f"{tag} {name}={value[:40]}"
            for name, value in values.items()
            if value.strip().lower().startswith("javascript:")
        ]
        loaded = values.get(LOADED.get(tag, ""), "")
        if loaded and not is_ours(loaded):
            self.faults.append(f"{tag} loads {loaded[:40]}")
        if tag == "form" and not is_ours(values.get("action", "")):
            self.faults.append(f"form sent to {values['action'][:40]}")


def is_ours(address: str) -> bool:
    """Whether an address leads to this site: it names no other, nor data of its own."""
    return not address.startswith("//") and ":" not in address.split("/", 1)[0].split("?", 1)[0]


def inline(html: str) -> list[str]:
    page = Inline()
    page.feed(html)
    page.close()
    return page.faults


def is_page(answer: HttpResponseBase) -> bool:
    return answer.get("Content-Type", "").startswith("text/html") and not answer.streaming


def faults(answer: HttpResponseBase) -> Iterator[str]:
    for name, expected in EXPECTED.items():
        given = {part.strip() for part in answer.get(name, "").split(";")}
        if given != expected:
            yield f"{name}: {answer.get(name)}"
    if is_page(answer):
        yield from inline(answer.content.decode())
