"""Tokens of other systems: made, used, revoked."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts import tokens
from accounts.models import ApiToken
from tests.make import people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db


def test_the_secret_is_not_kept():
    secret = tokens.issue(people.user(), "dashboard", at=NOON)

    row = ApiToken.objects.values().get()
    assert secret not in str(row)
    assert len(row["digest"]) == 64


def test_a_secret_stands_for_its_person():
    person, _other = people.user(), people.user()
    tokens.issue(_other, "dashboard", at=NOON)

    secret = tokens.issue(person, "dashboard", at=NOON)

    assert tokens.holder_of(secret, at=NOON) == person
    assert tokens.holder_of(secret + "x", at=NOON) is None
    assert tokens.holder_of("", at=NOON) is None


def test_a_revoked_token_and_one_of_somebody_shut_out_are_not_known():
    revoked, shut_out = people.user(), people.user()
    secrets = [tokens.issue(person, "dashboard", at=NOON) for person in (revoked, shut_out)]

    tokens.revoke(revoked, "dashboard", at=NOON)
    shut_out.is_active = False
    shut_out.save()

    assert [tokens.holder_of(secret, at=NOON) for secret in secrets] == [None, None]


def test_the_day_of_use_is_written_once_a_day(django_assert_num_queries):
    secret = tokens.issue(people.user(), "dashboard", at=NOON)

    with django_assert_num_queries(3):  # the token, its person's groups, the day
        tokens.holder_of(secret, at=NOON)
    with django_assert_num_queries(2):
        tokens.holder_of(secret, at=NOON)
    tokens.holder_of(secret, at=NOON + DAY)

    assert ApiToken.objects.get().last_used_on == date(2026, 6, 2)


def test_a_name_is_free_again_once_its_token_is_revoked():
    person = people.user()
    first = tokens.issue(person, "dashboard", at=NOON)

    with pytest.raises(tokens.NameTaken):
        tokens.issue(person, "dashboard", at=NOON)
    tokens.revoke(person, "dashboard", at=NOON)
    second = tokens.issue(person, "dashboard", at=NOON)

    assert [tokens.holder_of(secret, at=NOON) for secret in (first, second)] == [None, person]


def test_the_command_prints_a_token_that_works_and_takes_it_back():
    person, printed = people.user(email="finance@example.com"), StringIO()

    call_command("api_token", "Finance@example.com", "dashboard", stdout=printed, stderr=StringIO())
    secret = printed.getvalue().strip()
    assert tokens.holder_of(secret, at=NOON) == person

    call_command("api_token", "finance@example.com", "dashboard", "--revoke", stdout=StringIO())
    assert tokens.holder_of(secret, at=NOON) is None


@pytest.mark.parametrize(
    ("email", "name", "options", "reason"),
    [
        ("nobody@example.com", "dashboard", [], "Nobody here"),
        ("finance@example.com", "  ", [], "1 to 100"),
        ("finance@example.com", "x" * 101, [], "1 to 100"),
        ("finance@example.com", "a\0b", [], "1 to 100"),
        ("finance@example.com", "taken", [], "already"),
        ("finance@example.com", "dashboard", ["--revoke"], "no token in use"),
        ("left@example.com", "dashboard", [], "may not sign in"),
    ],
)
def test_the_command_says_what_is_wrong(email, name, options, reason):
    tokens.issue(people.user(email="finance@example.com"), "taken", at=NOON)
    left = people.user(email="left@example.com")
    left.is_active = False
    left.save()

    with pytest.raises(CommandError, match=reason):
        call_command("api_token", email, name, *options)
