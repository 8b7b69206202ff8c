"""A form as a browser without script would send it: every field with what the page put in it."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.test import Client

Press = tuple[Client, str, dict]


@dataclass
class Form:
    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    #: Every name the form offers, filled in or not.
    names: set[str] = field(default_factory=set)


class Reader(HTMLParser):
    """Collects the forms of a page. A field that stands outside with ``form=`` is not looked for."""

    def __init__(self):
        super().__init__()
        self.forms: list[Form] = []
        self.text: tuple[str, list[str]] | None = None
        self.select = ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.forms.append(Form(given.get("action") or "", (given.get("method") or "get").lower()))
        if not self.forms or not (name := given.get("name") or self.select):
            return
        values = self.forms[-1].values
        self.forms[-1].names.add(name)
        kind = given.get("type", "text")
        if tag == "input" and kind in ("checkbox", "radio"):
            if "checked" in given:
                values.setdefault(name, []).append(given.get("value", "on"))
        elif tag == "input":
            values.setdefault(name, []).append(given.get("value") or "")
        elif tag == "textarea":
            self.text = (name, [])
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in given:
            values.setdefault(self.select, []).append(given.get("value", ""))
        elif tag == "button":
            self.forms[-1].buttons.append((name, given.get("value", "")))

    def handle_data(self, data):
        if self.text:
            self.text[1].append(data)

    def handle_endtag(self, tag):
        if tag == "textarea" and self.text:
            name, texts = self.text
            # The first line break after the tag is not part of the text.
            self.forms[-1].values[name] = ["".join(texts).removeprefix("\n")]
            self.text = None
        elif tag == "select":
            self.select = ""


def find(browser: Client, address: str, *, action: str = "", having: str = "intent") -> tuple[str, dict]:
    """Return where the page's form goes and all it would send: the one with that action, or that field."""
    answer = browser.get(address)
    assert answer.status_code == 200, f"{address} answered {answer.status_code}"
    reader = Reader()
    reader.feed(answer.content.decode())
    for form in reader.forms:
        if form.method == "post" and having in form.values and (not action or form.action == action):
            return form.action or address, dict(form.values)
    raise AssertionError(f"{address} has no form that goes to {action or 'itself'} and has {having}")


def form_of(browser: Client, page: str, verb: str = "", *, having: str = "", **typed) -> Press:
    """The page's form whose address ends with ``verb``; without one, the form to the page itself."""
    reader = Reader()
    reader.feed(browser.get(page).text)
    for form in reader.forms:
        goes_to = form.action.split("#")[0].split("?")[0]
        is_it = verb in goes_to.strip("/").split("/") if verb else goes_to in ("", page)
        if form.method == "post" and is_it and (not having or having in form.names):
            return browser, goes_to or page, {**form.values, **typed}
    raise AssertionError(f"{page} has no form for {verb or 'itself'}")


def led_to(page: str) -> list[str]:
    """The ids of the controls that the list of problems leads to, each of which has to be on the page."""
    [problems] = re.findall(r'id="errors">(.*?)</div>', page, re.DOTALL)
    ids = re.findall(r'href="#([^"]*)"', problems)
    assert [one for one in ids if page.count(f' id="{one}"') != 1] == []
    return ids
