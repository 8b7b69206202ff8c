"""The drawings of the house, read off the sources; each check is shown a fault and has to see it."""

import pytest

from tests import architecture
from tests.architecture import Source

CHECKS_AND_FAULTS = [
    (architecture.against_the_line, "accounts/people.py", "from applications.models import Application"),
    (architecture.against_the_line, "applications/assessment/ranking.py", "import funding.ledger"),
    (architecture.against_the_line, "funding/awards.py", "from launchpad import settings"),
    (architecture.against_the_floors, "funding/ledger.py", "from funding.views import panel"),
    (architecture.against_the_floors, "funding/models/award.py", "from funding import awards"),
    (architecture.against_the_floors, "funding/models/award.py", "from applications.progress import advance"),
    (architecture.against_the_floors, "accounts/roles.py", "from accounts.models import User"),
    (architecture.against_the_floors, "applications/assessment/scoring.py", "from ..forms import ScoreForm"),
    (architecture.words_that_ask, "applications/workflow.py", "from django.db.models import Q"),
    (architecture.words_that_ask, "funding/places.py", "from django.db import models"),
    (architecture.imports_inside_functions, "funding/awards.py", "def make():\n    import json"),
    (architecture.imports_inside_functions, "funding/ready.py", "def ready():\n    import json"),
    (architecture.nameless, "accounts/utils.py", ""),
    (architecture.nameless, "funding/helpers/money.py", ""),
    (architecture.too_long, "funding/awards.py", "x = 1\n" * 401),
    (architecture.actions_without_audit, "funding/offers.py", "def accept(offer, *, by, at): ..."),
    (
        architecture.actions_without_audit,
        "accounts/people.py",
        "@transaction.atomic\ndef rename(person, *, by, at): ...",
    ),
    (architecture.other_clocks, "funding/awards.py", "at = timezone.now()"),
    (architecture.other_clocks, "funding/views/a.py", "at = datetime.now(UTC)"),
    (architecture.other_clocks, "launchpad/a.py", "day = date.today()"),
    (architecture.other_clocks, "launchpad/a.py", "began = time.time()"),
    (architecture.other_clocks, "accounts/models/a.py", "at = DateTimeField(auto_now_add=True)"),
    (architecture.other_clocks, "accounts/admin/a.py", "from django.db.models.functions import Now"),
    (architecture.other_clocks, "funding/a.py", "cursor.execute('SELECT clock_timestamp()')"),
    (architecture.other_clocks, "funding/a.py", "cursor.execute('UPDATE a SET at = now()')"),
    (architecture.queued_by_hand, "accounts/adapter.py", "task.delay(1)"),
    (architecture.queued_by_hand, "funding/awards.py", "task.apply_async((1,))"),
    (architecture.queued_by_hand, "launchpad/x.py", "app.send_task('x')"),
    (architecture.clocks_read_inside, "funding/awards.py", "def make():\n    at = clock.now()"),
    (architecture.clocks_read_inside, "funding/views/a.py", "def post(request):\n    at = clock.now()"),
    (architecture.statuses_set_by_hand, "funding/awards.py", "application.status = 'successful'"),
    (
        architecture.statuses_set_by_hand,
        "applications/admin/a.py",
        "before, row.status = row.status, 'draft'",
    ),
    (
        architecture.statuses_set_by_hand,
        "launchpad/x.py",
        "Application.objects.filter(pk=1).update(status='d')",
    ),
]


@pytest.fixture(scope="module")
def sources():
    return architecture.sources()


@pytest.mark.parametrize(
    "check", dict.fromkeys(check for check, *_ in CHECKS_AND_FAULTS), ids=lambda c: c.__name__
)
def test_the_sources_keep_to_the_drawings(check, sources):
    faults = [fault for source in sources for fault in check(source)]

    assert faults == []


@pytest.mark.parametrize(("check", "path", "text"), CHECKS_AND_FAULTS)
def test_a_fault_is_seen(check, path, text):
    faults = list(check(Source(path, text)))

    assert len(faults) == 1


@pytest.mark.parametrize(
    ("check", "path", "text"),
    [
        (architecture.against_the_line, "launchpad/urls.py", "from funding.views import panel"),
        (architecture.against_the_line, "funding/awards.py", "from accounts import money"),
        (architecture.against_the_floors, "funding/awards.py", "from funding import ledger"),
        (architecture.against_the_floors, "funding/views/panel.py", "from applications import ranking"),
        (
            architecture.imports_inside_functions,
            "funding/apps.py",
            "def ready(self):\n    from funding import notices",
        ),
        (architecture.too_long, "funding/awards.py", "x = 1\n" * 400),
        (architecture.other_clocks, "funding/views/a.py", "at = clock.now()"),
        (architecture.other_clocks, "launchpad/a.py", "began = time.monotonic()"),
        (architecture.clocks_read_inside, "funding/tasks.py", "at = clock.now()"),
        (architecture.statuses_set_by_hand, "applications/progress.py", "application.status = 'draft'"),
        (
            architecture.statuses_set_by_hand,
            "applications/assessment/scoring.py",
            "assessment.status = 'submitted'",
        ),
    ],
)
def test_what_is_allowed_is_not_taken_for_a_fault(check, path, text):
    assert list(check(Source(path, text))) == []


def test_every_word_that_is_declared_stands_in_a_file():
    missing = [
        f"{app}/{noun.replace('.', '/')}.py"
        for app, nouns in architecture.WORDS.items()
        for noun in sorted(nouns)
        if not (architecture.ROOT / app / f"{noun.replace('.', '/')}.py").exists()
        and not (architecture.ROOT / app / noun / "__init__.py").exists()
    ]

    assert missing == []


def test_nothing_strange_stands_at_the_top_of_the_tree():
    assert architecture.strangers(architecture.tracked()) == []
    assert architecture.strangers(["stray.txt", "accounts/roles.py"]) == ["stray.txt"]
