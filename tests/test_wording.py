"""One way of writing: "email", sums as £1,250, times as 9am, on every page, in every email and list."""

import re
import subprocess

import pytest

from tests.architecture import ROOT

#: What people may read. Migrations say what was; this test says what is not to be.
KINDS = ("*.py", "*.html", "*.txt", "*.js", "*.json", "*.md")
APART = ("tests/test_wording.py", "package-lock.json")

#: Times of day that are not written for people: names of files and keys, forms' formats, and commands.
MACHINES = {
    "accounts/adapter.py",
    "accounts/admin/audit_trail.py",
    "accounts/formats.py",
    "accounts/london.py",
    "applications/admin/board_page.py",
    "applications/assessment/due.py",
    "applications/assessment/offers.py",
    "applications/deadlines.py",
    "applications/forms/moment.py",
    "funding/admin/funding_report.py",
    "funding/admin/subsidy_database.py",
    "accounts/admin/list_files.py",
    "funding/exports/panel.py",
    "launchpad/demo/competitions.py",
    "launchpad/mail_catcher.py",
    "launchpad/security_contact.py",
}
TIME_OF_ITS_OWN = re.compile(r"%[HIM]\b|%-?d %B|\|(date|time):|:%M")
UNWRITTEN_SUM = re.compile(r"\{\{ [\w.]*(total_costs|grant_sought|contribution|amount|ceiling|grant) \}\}")


def files(*kinds: str) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", *kinds], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    return [path for path in listed if "/migrations/" not in path and path not in APART]


def text_of(path: str) -> str:
    return (ROOT / path).read_text()


def test_it_is_email_everywhere():
    hyphenated = [path for path in files(*KINDS) if re.search("e-mail", text_of(path), re.IGNORECASE)]

    assert hyphenated == []


def test_times_are_written_in_one_place():
    own = [
        path
        for path in files("*.py", "templates/*.html", "templates/*.txt")
        if not path.startswith(("tests/", "bench/")) and TIME_OF_ITS_OWN.search(text_of(path))
    ]

    assert set(own) - MACHINES == set()


def test_no_template_prints_a_bare_sum():
    assert [path for path in files("templates/*.html") if UNWRITTEN_SUM.search(text_of(path))] == []


@pytest.mark.parametrize("path", sorted(MACHINES))
def test_a_file_listed_as_for_machines_still_writes_a_time(path):
    assert TIME_OF_ITS_OWN.search(text_of(path))
