"""Reads the sources and says where they leave the two drawings of the house: the line and the floors."""

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: An app may import itself and those before it; nobody imports the last.
LINE = ("accounts", "applications", "funding", "launchpad")


class Floor(IntEnum):
    WORDS = 1
    MODELS = 2
    ACTIONS = 3
    EDGES = 4


#: Plain values: no query, no I/O.
WORDS = {
    "accounts": {
        "roles",
        "money",
        "fields",
        "formats",
        "letters",
        "addresses",
        "company_number",
        "company_size",
        "mail_answers",
        "postcode",
        "permissions",
        "refusals",
        "seals",
        "london",
        "tracing",
        "schedules",
        "versions",
        "working_days",
    },
    "applications": {
        "workflow",
        "characteristics",
        "costs",
        "duration",
        "lead_times",
        "sections",
        "rules",
        "word_count",
        "assessment.quality",
        "assessment.standings",
        "assessment.strictness",
        "assessment.likeness",
        "assessment.terms",
        "assessment.ties",
        "assessment.verdicts",
        "desk.checks",
        "desk.cost_words",
        "desk.texts",
    },
    "funding": {"places", "duties", "portfolio", "charts", "forecast", "subsidy.window"},
}
EDGES = {
    "views", "api", "forms", "admin", "tasks", "exports", "management", "templatetags",
    "adapter", "apps", "backends", "office", "urls", "sign_in_urls",
    "assistance_urls", "facts_urls", "open_data_urls",
}  # fmt: skip
MODELS = {"models", "migrations"}

#: What words may not reach for; lists of choices are plain values, wherever Django keeps their class.
ASKING = (
    "django.db.",
    "django.core.cache.",
    "requests.",
    "urllib.request.",
    "socket.",
    "subprocess.",
    "pathlib.",
)
CHOICES = {"django.db.models.TextChoices", "django.db.models.IntegerChoices"}

#: What takes ``by`` and ``at`` and is a step of an action, or the machinery of actions itself.
STEPS = {
    "accounts.audit.write",
    "applications.assessment.conflicts.declare",
    "accounts.intents.once",
    "accounts.members.join",
    "accounts.membership_requests.end",
    "applications.editing.lock_draft",
    "applications.editing.note_save",
    "applications.progress.advance",
    "accounts.members.tell_editors",
    "accounts.members.tell_member",
    "applications.progress.move_on",
    "applications.assessment.assignment.give_together",
    "funding.awards.make",
    "funding.awards.promise",
    "funding.awards.reserve",
    "funding.awards.reverse_of_withdrawn",
    "funding.ledger.transfer",
    "funding.offers.answering.end",
    "funding.scenarios.making.frozen",
    "funding.scenarios.making.keep",
    "funding.scenarios.making.record",
    "funding.subsidy.mfa.give",
    "funding.movement.write",
    "funding.verdicts.carry_out",
}

#: Who may look at a clock of their own: the one clock, and what dates files before there is a database.
OWN_CLOCKS = {"accounts/clock.py", "launchpad/mail_catcher.py", "launchpad/preparation.py"}
#: What begins something by itself, and what notes when a request came in.
MAY_ASK = re.compile(r"/tasks\.py$|/management/|^accounts/views/arrival\.py$")
#: Other clocks: Django's, Python's, and the database's own words in SQL.
OTHER_CLOCK = re.compile(
    r"\b(timezone|datetime|dt|date|time)\.(now|utcnow|today|localdate|localtime|time)\b"
    r"|\bauto_now|\bfunctions\.Now\b"
)
OTHER_CLOCK_IN_SQL = re.compile(
    r"\b(clock|transaction|statement)_timestamp\b|\bnow\(\)|\b(CURRENT|LOCAL)_?(TIMESTAMP|DATE|TIME)\b"
)

NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "shared"}
LONGEST = 400
TOP_LEVEL = {
    ".ci", ".dockerignore", ".gitattributes", ".gitignore", "CHANGELOG.md", "Dockerfile", "LICENSE",
    "Makefile", "README.md", "accounts", "applications", "bench", "docker-compose.yml", "docs", "funding",
    "launchpad", "manage.py", "package-lock.json", "package.json", "pyproject.toml",
    "requirements-dev.txt", "requirements.txt", "templates", "tests",
}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """A Python file by its path from the root, and its text."""

    path: str
    text: str

    @property
    def app(self) -> str:
        return self.path.split("/")[0]

    @property
    def is_migration(self) -> bool:
        return "/migrations/" in self.path

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def floor(self) -> Floor:
        return floor_of(self.path.removesuffix(".py").replace("/", "."))

    def imported(self) -> Iterator[tuple[int, str]]:
        """Yield the line and the dotted name of everything imported; ``from a import b`` gives a.b."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, name.name) for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                package = self.path.split("/")[:-1]
                base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
                module = ".".join(part for part in (base, node.module) if part)
                yield from ((node.lineno, f"{module}.{name.name}") for name in node.names)


def floor_of(dotted: str) -> Floor:
    """Return the floor on which a module of ours stands: ``funding.views.panel`` is an edge."""
    app, _, rest = dotted.partition(".")
    noun = rest.split(".")[0]
    if noun in EDGES:
        return Floor.EDGES
    if noun in MODELS:
        return Floor.MODELS
    # A package of actions may hold words: they are named with it, "assessment.strictness".
    words = WORDS.get(app, set())
    return Floor.WORDS if words & {noun, ".".join(rest.split(".")[:2])} else Floor.ACTIONS


def tracked() -> list[str]:
    """Return the paths of all files that are committed or would be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [path for path in listed.stdout.splitlines() if (ROOT / path).is_file()]


def sources() -> list[Source]:
    return [Source(path, (ROOT / path).read_text()) for path in tracked() if path.endswith(".py")]


def against_the_line(source: Source) -> Iterator[str]:
    """Imports of an app further along the line; only ``launchpad`` itself sees all."""
    if source.app not in LINE:
        return
    for number, name in source.imported():
        other = name.split(".")[0]
        if other in LINE and LINE.index(other) > LINE.index(source.app):
            yield f"{source.path}:{number} imports {name}, and {source.app} may not know {other}"


def against_the_floors(source: Source) -> Iterator[str]:
    """Imports of something of ours that stands on a higher floor."""
    if source.app not in LINE[:-1] or source.is_migration or source.path.endswith("/apps.py"):
        return
    for number, name in source.imported():
        if name.split(".")[0] not in LINE[:-1] or "." not in name:
            continue
        there = floor_of(name)
        if there > source.floor:
            here, higher = source.floor.name.lower(), there.name.lower()
            yield f"{source.path}:{number} stands among the {here} and imports {name} of the {higher}"
        if there == source.floor == Floor.MODELS and name.split(".")[1] == "migrations":
            yield f"{source.path}:{number} imports a migration"


def words_that_ask(source: Source) -> Iterator[str]:
    """Words that reach for a database, a file or the network."""
    if source.floor != Floor.WORDS or source.app not in WORDS or source.path == "accounts/fields.py":
        return
    for number, name in source.imported():
        if name not in CHOICES and f"{name}.".startswith(ASKING):
            yield f"{source.path}:{number} is a plain value and imports {name}"


def imports_inside_functions(source: Source) -> Iterator[str]:
    """Imports that are not at the top of the file, but in ``AppConfig.ready``."""
    for function in ast.walk(source.tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if function.name == "ready" and source.path.endswith("/apps.py"):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield f"{source.path}:{node.lineno} imports inside {function.name}()"


def nameless(source: Source) -> Iterator[str]:
    for part in source.path.removesuffix(".py").split("/"):
        if part in NAMELESS:
            yield f"{source.path} does not say what it is about"


def too_long(source: Source) -> Iterator[str]:
    lines = source.text.count("\n")
    if lines > LONGEST and not source.is_migration:
        yield f"{source.path} has {lines} lines: look for the second noun in it"


def actions_without_audit(source: Source) -> Iterator[str]:
    """Public functions that take ``by`` and ``at`` and are not declared as actions of the audit trail."""
    if source.app not in LINE[:-1] or source.floor != Floor.ACTIONS:
        return
    for node in source.tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        takes = {argument.arg for argument in node.args.kwonlyargs}
        declared = any(ast.unparse(one).startswith("audit.action(") for one in node.decorator_list)
        step = f"{source.path.removesuffix('.py').replace('/', '.')}.{node.name}"
        if {"by", "at"} <= takes and not declared and step not in STEPS:
            yield f"{source.path}:{node.lineno} {node.name}() is no action of the audit trail"


def queued_by_hand(source: Source) -> Iterator[str]:
    """A task handed to the broker by anything but the relay, so that a request may wait for Redis."""
    if source.app not in LINE or source.path == "accounts/relay.py":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in {"apply_async", "delay", "send_task"}:
            yield f"{source.path}:{node.lineno} queues a task: owe it, and let accounts.relay hand it out"


def other_clocks(source: Source) -> Iterator[str]:
    """Whatever tells the time and is not ``accounts.clock``."""
    if source.app not in LINE or source.is_migration or source.path in OWN_CLOCKS:
        return
    for number, name in source.imported():
        if name == "django.db.models.functions.Now":
            yield f"{source.path}:{number} imports {name}: ask accounts.clock"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute | ast.keyword):
            found = OTHER_CLOCK.search(ast.unparse(node))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found = OTHER_CLOCK_IN_SQL.search(node.value)
        else:
            continue
        if found:
            yield f"{source.path}:{node.lineno} has a clock of its own: {found[0]}"


def clocks_read_inside(source: Source) -> Iterator[str]:
    """``clock.now()`` where a moment is known: actions are told it as ``at``, a request has its own.

    Jobs and commands ask for it, and what notes when a request came in.
    """
    if source.app not in LINE or MAY_ASK.search(source.path):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"clock.now", "clock.real"}:
            yield f"{source.path}:{node.lineno} reads the clock: take the moment as at"


def statuses_set_by_hand(source: Source) -> Iterator[str]:
    """An application's status, written anywhere but in the one function that makes every move."""
    if source.app not in LINE or source.is_migration or source.path == "applications/progress.py":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            written = [part for target in targets for part in ast.walk(target)]
            for part in written:
                is_status = isinstance(part, ast.Attribute) and part.attr == "status"
                if is_status and not _is_of_another(part.value):
                    yield f"{source.path}:{node.lineno} writes {ast.unparse(part)}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
            names_status = any(keyword.arg == "status" for keyword in node.keywords)
            if names_status and not _is_of_another(node.func.value):
                yield f"{source.path}:{node.lineno} updates status past applications/progress.py"


def _is_of_another(value: ast.expr) -> bool:
    """Assessments and awards have a status of their own."""
    return any(word in ast.unparse(value).lower() for word in ("assessment", "award"))


def strangers(paths: list[str]) -> list[str]:
    """Return what stands at the top of the tree and is not in its list."""
    return sorted({path.split("/")[0] for path in paths} - TOP_LEVEL)
