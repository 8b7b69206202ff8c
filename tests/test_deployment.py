"""Launchpad as a deployment runs it: what Django's own checks say, and what an https address turns on."""

import json
import os
import subprocess
import sys

import pytest

from tests.architecture import ROOT

pytestmark = pytest.mark.slow

PRODUCTION = {
    "SECRET_KEY": "a key that is long enough and has many different signs 0123456789",
    "AUDIT_KEY": "another key that is long enough and has many different signs 0123456789",
    "AUDIT_HEAD_URL": "https://heads.example/launchpad",
    "SITE_URL": "https://launchpad.example",
    "ALLOWED_HOSTS": "launchpad.example",
}
ASK = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
host = {"host": settings.ALLOWED_HOSTS[0]}
secure = Client().get("/account/login/", secure=True, headers=host)
plain = Client().get("/account/login/", headers=host)
names = ("secure", "httponly", "samesite", "domain", "path")
print(json.dumps({
    "hsts": secure.get("Strict-Transport-Security"),
    "plain": [plain.status_code, plain.get("Location")],
    "health": Client().get("/health/live", headers=host).status_code,
    "cookies": {cookie.key: [cookie[name] or False for name in names] for cookie in secure.cookies.values()},
    "session": [
        settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY
    ],
}))
"""


def run(*command, **told):
    environment = {name: os.environ[name] for name in ("PATH", "DATABASE_URL", "STATE_DIR")}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**environment, "DJANGO_SETTINGS_MODULE": "launchpad.settings", **told},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def checked(**told):
    return run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **told)


def asked(**told) -> dict:
    done = run("-c", ASK, **told)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_deployment_passes_djangos_own_checks():
    done = checked(**PRODUCTION)

    assert (done.returncode, done.stdout.strip()) == (0, "System check identified no issues (0 silenced).")


@pytest.mark.parametrize(
    ("told", "warning"),
    [
        ({"SITE_URL": "http://launchpad.example"}, "security.W004"),
        ({"SITE_URL": "http://launchpad.example"}, "security.W012"),
        ({"DEBUG": "yes"}, "security.W018"),
        ({"AUDIT_KEY": ""}, "launchpad.E001"),
        ({"AUDIT_HEAD_URL": ""}, "launchpad.E002"),
    ],
)
def test_the_checks_are_awake(told, warning):
    done = checked(**{**PRODUCTION, **told})

    assert done.returncode == 1
    assert warning in done.stderr


def test_an_https_address_is_held_to_https():
    found = asked(**PRODUCTION)

    assert found["hsts"] == "max-age=31536000; includeSubDomains; preload"
    assert found["plain"] == [301, "https://launchpad.example/account/login/"]
    assert found["health"] == 200
    assert found["cookies"] == {"__Host-csrf": [True, True, "Lax", False, "/"]}
    assert found["session"] == ["__Host-session", True, True]


def test_an_http_address_works_without():
    found = asked(**{**PRODUCTION, "SITE_URL": "http://launchpad.example"})

    assert found["hsts"] is None
    assert found["plain"] == [200, None]
    assert found["cookies"] == {"csrf": [False, True, "Lax", False, "/"]}
    assert found["session"] == ["session", False, True]
