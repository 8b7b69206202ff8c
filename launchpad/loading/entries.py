"""Reading the files: each entry knows where it stands, and gathers what is wrong with it."""

import json
from collections.abc import Callable, Collection, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from accounts import london
from launchpad.loading.keeping import Row
from launchpad.loading.problems import Problem

#: Every entry may say where its facts come from and what is uncertain about them.
REMARKS = ("sources", "notes")


class Entry:
    """One object of a file. A reader returns the field's value, or None and leaves a problem.

    ``null`` and a field left out are the same: not known. A required field may be neither.
    """

    def __init__(self, file: str, key: str, values: dict[str, Any], problems: list[Problem]):
        self.file = file
        self.key = key
        self.values = values
        self.problems = problems
        self.read = set(REMARKS)

    def refuse(self, field: str, reason: str) -> None:
        problem = Problem(self.file, self.key, field, reason)
        if problem not in self.problems:  # a remark may be read twice
            self.problems.append(problem)

    def _value(self, field: str, kind: type | tuple[type, ...], is_called: str, required: bool):
        self.read.add(field)
        value = self.values.get(field)
        if value is None:
            if required:
                self.refuse(field, "is missing")
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.refuse(field, f"must be {is_called}")
            return None
        return value

    def text(self, field: str, *, required: bool = True) -> str:
        value = self._value(field, str, "text in quotes", required) or ""
        if required and field in self.values and self.values[field] is not None and not value.strip():
            self.refuse(field, "is empty")
        return value.strip()

    def paragraphs(self, field: str, *, between: str = "\n\n", required: bool = True) -> str:
        """Return a list of texts as one."""
        return between.join(self.texts(field, required=required))

    def texts(self, field: str, *, required: bool = False) -> list[str]:
        value = self._value(field, list, "a list of texts", required) or []
        if not all(isinstance(part, str) and part.strip() for part in value):
            self.refuse(field, "must be a list of texts, none of them empty")
            return []
        return value

    def addresses(self, field: str) -> list[str]:
        value = self.texts(field)
        for address in value:
            try:
                URLValidator(schemes=["https", "http"])(address)
            except ValidationError:
                self.refuse(field, f"{address} is not a web address")
        return value

    def whole(self, field: str, *, required: bool = False) -> int | None:
        return self._value(field, int, "a whole number", required)

    def decimal(self, field: str, *, required: bool = False) -> Decimal | None:
        value = self._value(field, (int, Decimal), "a number", required)
        return None if value is None else Decimal(value)

    def flag(self, field: str) -> bool:
        return self._value(field, bool, "true or false", True) or False

    def day(self, field: str, *, required: bool = False) -> date | None:
        return self._parsed(
            field, date.fromisoformat, 'must be a day that exists, written as "2023-03-29"', required
        )

    def local_moment(self, field: str):
        return self._parsed(field, london.from_text, None, False)

    def _parsed(self, field: str, parse: Callable, reason: str | None, required: bool):
        value = self._value(field, str, "text in quotes", required)
        try:
            return None if value is None else parse(value)
        except ValueError as refusal:
            self.refuse(field, reason or str(refusal))
            return None

    def choice(self, field: str, choices: Collection[str], *, required: bool = False) -> str:
        value = self.text(field, required=required)
        if value and value not in choices:
            self.refuse(field, f'"{value}" is not one of: {", ".join(sorted(choices))}')
            return ""
        return value

    def inner(self, field: str, kind: type, *, required: bool = True):
        """Return the list or object that stands in this field."""
        return self._value(field, kind, "a list" if kind is list else "an object", required) or kind()

    def each(self, field: str, called: str, key: str = "code") -> Iterator["Entry"]:
        """The entries listed in this field, each with its own key; doubles are refused."""
        yield from listed(self.inner(field, list), self.file, f"{self.key}, {called}", key, self.problems)

    def build(self, model: type[Row], *, exclude: Collection[str] = (), **values) -> Row:
        """Make an unsaved row and refuse what its fields would not hold (too long, out of range)."""
        row = model(**values)
        refused = {problem.field for problem in self.problems if problem.entry == self.key}
        try:
            row.clean_fields(exclude={*exclude, *refused})
        except ValidationError as refusal:
            for field, reasons in refusal.message_dict.items():
                self.refuse(field, " ".join(reasons))
        return row

    def finish(self) -> None:
        """Refuse every field that nobody read: a slip of the pen must not pass for an unknown figure."""
        for field in sorted(self.values.keys() - self.read):
            self.refuse(field, "is not a field of such an entry")
        self.addresses("sources")
        self.texts("notes")


def listed(items: list, file: str, called: str, key: str, problems: list[Problem]) -> Iterator[Entry]:
    """Yield an entry for each object of a list, named by its ``key``; refuse what is none, or a double."""
    seen = set()
    for position, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            problems.append(Problem(file, f"{called} {position}".strip(), "", "must be an object"))
            continue
        name = item.get(key)
        if not isinstance(name, str) or not name.strip():
            problems.append(Problem(file, f"{called} {position}".strip(), key, "is missing"))
            continue
        if name in seen:
            problems.append(Problem(file, f"{called} {name}".strip(), key, "is there twice"))
            continue
        seen.add(name)
        yield Entry(file, f"{called} {name}".strip(), item, problems)


def of_file(folder: Path, file: str, name: str, problems: list[Problem], key: str = "code") -> list[Entry]:
    """Return the entries of ``{"name": [...]}`` in ``folder/file``."""
    content = _parsed(folder / file, file, problems)
    if content is None:
        return []
    if list(content) != [name] or not isinstance(content[name], list):
        problems.append(Problem(file, "", "", f'must hold one list called "{name}"'))
        return []
    return list(listed(content[name], file, "", key, problems))


def of_folder(folder: Path, name: str, problems: list[Problem], key: str = "code") -> list[Entry]:
    """Return the entries of a folder with one file each, in the order of their names."""
    found: dict[str, Entry] = {}
    files = sorted((folder / name).glob("*.json"))
    if not files:
        problems.append(Problem(f"{name}/", "", "", "there is no file here"))
    for path in files:
        file = f"{name}/{path.name}"
        content = _parsed(path, file, problems)
        for entry in listed([content] if content is not None else [], file, "", key, problems):
            if entry.key in found:
                entry.refuse(key, f"is there twice, also in {found[entry.key].file}")
            found.setdefault(entry.key, entry)
    return list(found.values())


def _parsed(path: Path, file: str, problems: list[Problem]) -> dict | None:
    """Read one file. Numbers with a decimal point come as Decimal, never as float."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except FileNotFoundError:
        problems.append(Problem(file, "", "", "the file is missing"))
    except UnicodeDecodeError:
        problems.append(Problem(file, "", "", "is not UTF-8 text"))
    except json.JSONDecodeError as refusal:
        problems.append(Problem(file, "", "", f"is not JSON, see line {refusal.lineno}: {refusal.msg}"))
    else:
        if isinstance(content, dict):
            return content
        problems.append(Problem(file, "", "", "must hold one object"))
    return None
