import os
import sys
from copy import copy
from pathlib import Path

import pytest
from django.conf import settings
from django.template import RequestContext
from django.test import client as django_client
from django.test.utils import ContextList

from accounts import outbox
from tests import databases
from tests.funding import race_table
from tests.make.office import Browser

TESTS = str(Path(__file__).parent)


def pytest_configure():
    # Pages name static files by hash after the build; tests of one page need no build.
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    # Argon2 takes its time by design; a test that is about it names its own hasher.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    django_client.store_rendered_templates = store_views_context


def store_views_context(store, signal, sender, template, context, **kwargs):
    """In the place of Django's own, which copies the context again for each widget and each include.

    That was an eighth of the time of a page. What a view handed to its template is kept all the same.
    """
    store.setdefault("templates", []).append(template)
    contexts = store.setdefault("context", ContextList())
    seen = store.setdefault("seen", set())
    if isinstance(context, RequestContext) and id(context) not in seen:
        seen.add(id(context))
        contexts.append(copy(context))


@pytest.fixture
def client() -> Browser:
    """In the place of pytest-django's, which sends forms that no page of ours prints."""
    return Browser()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment):
    """One copy of the migrated template for each worker, in place of pytest-django's own database.

    pytest-django makes one as the role that the tests connect as. Ours may make none, and must not
    own the one it works in.
    """
    name = f"tests_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    databases.make_copy(name)
    with databases.lead_to(name):
        yield
    databases.drop(name)


@pytest.fixture
def committed_database(django_db_setup, django_db_blocker):
    """A database of one's own for a test that commits or starts processes.

    Rows made in the test are really committed; ``committed_database.url`` and ``.environment``
    lead other processes to them.
    """
    with django_db_blocker.unblock(), databases.copy_of_template() as database:
        yield database


@pytest.fixture
def empty_database(django_db_setup, django_db_blocker):
    """One without a table, for a test of the migrations themselves."""
    with django_db_blocker.unblock(), databases.empty():
        yield


@pytest.fixture
def posted_by_the_product(monkeypatch):
    """The kinds of notifications posted while the test runs, but for those by the tests' own hand."""
    kinds: set[str] = set()

    def noting(post):
        def noted(kind, *arguments, **told):
            posted = post(kind, *arguments, **told)
            if posted and not sys._getframe(1).f_code.co_filename.startswith(TESTS):
                kinds.add(kind)
            return posted

        return noted

    for name in ("post", "post_all", "owe_all"):
        monkeypatch.setattr(outbox, name, noting(getattr(outbox, name)))
    return kinds


@pytest.fixture(autouse=True)
def holds_to_what_it_tells(request):
    """A test that is marked as telling something has carried out the deed that it tells of."""
    tells = [name for mark in request.node.iter_markers("tells") for name in mark.args]
    if not tells:
        yield
        return
    kinds = request.getfixturevalue("posted_by_the_product")
    yield
    assert set(tells) <= kinds, f"{sorted(set(tells) - kinds)} were not posted by their action"


def pytest_terminal_summary(terminalreporter):
    """What the races came to, where there were any."""
    reports = [one for kind in ("passed", "failed") for one in terminalreporter.stats.get(kind, [])]
    if lines := race_table.lines(one for one in reports if one.when == "call"):
        terminalreporter.section("races")
        terminalreporter.write_line("\n".join(lines))
