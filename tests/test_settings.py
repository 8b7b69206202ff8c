"""Settings from the environment: what stops a start, and what the README says of each."""

import os
import re
import subprocess
import sys

import pytest

from launchpad import demo_sign_ins
from tests.architecture import ROOT, sources

READ = re.compile(r'environment\.\w+\(\s*["\']([A-Z_]+)["\']')
BY_THE_START = {"PORT", "STATE_DIR"}


NOTIFY_KEY = "launchpad-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0"


def checked(**told):
    """Run ``manage.py check`` with nothing in the environment but ``told``."""
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **told},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    return done.returncode, done.stderr.strip().splitlines()[-1:]


def test_the_settings_load_with_an_empty_environment():
    assert checked()[0] == 0


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"DEBUG": "perhaps"}, "DEBUG is 'perhaps'. Use yes or no."),
        ({"RELEASE_WAIT": "-1"}, "RELEASE_WAIT is '-1'. Use a whole number of minutes up to 1,440."),
        (
            {"SCENARIO_SECONDS": "600"},
            "SCENARIO_SECONDS is '600'. Use a whole number of seconds from 1 to 80.",
        ),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT is 'xml'. Use json or plain."),
        ({"DATABASE_URL": "sqlite:///x"}, "DATABASE_URL must begin with postgres:// (PostgreSQL only)."),
        (
            {"SECURITY_CONTACT": "me@example.com"},
            "SECURITY_CONTACT is 'me@example.com'. It must begin with https:// or mailto:.",
        ),
        (
            {"COMPANIES_HOUSE_API_KEY": "a key"},
            "COMPANIES_HOUSE_API_KEY is no key: it has spaces or letters that no key has.",
        ),
        (
            {"NOTIFY_API_KEY": "secret"},
            "NOTIFY_API_KEY is no API key of GOV.UK Notify. It ends in two UUIDs.",
        ),
        ({"NOTIFY_API_KEY": NOTIFY_KEY}, "NOTIFY_TEMPLATE_ID must be set where NOTIFY_API_KEY is."),
        ({"EMAIL_URL": "host:25"}, "EMAIL_URL must begin with smtp://, smtps:// or smtp+tls://."),
        (
            {"SITE_URL": "https://launchpad.example", "SECRET_KEY": "short"},
            "SECRET_KEY must be set, 50 characters or more, where SITE_URL is https.",
        ),
    ],
)
def test_a_wrong_value_stops_the_start_with_a_sentence(told, sentence):
    code, last_line = checked(**told)

    assert code == 1
    assert last_line == [f"django.core.exceptions.ImproperlyConfigured: {sentence}"]


def test_the_readme_has_every_variable_that_is_read_and_no_other():
    read = {name for source in sources() if source.app == "launchpad" for name in READ.findall(source.text)}
    table = (ROOT / "README.md").read_text().split("## Settings")[1].split("## ")[0]
    written = {
        name
        for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }

    assert written == read | BY_THE_START


def test_the_readme_has_the_demo_sign_ins():
    text = (ROOT / "README.md").read_text()

    assert demo_sign_ins.PASSWORD in text
    assert all(f"`{address}`" in text for address in demo_sign_ins.SIGN_INS)
