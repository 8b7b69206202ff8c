from datetime import datetime, timedelta

import pytest

from accounts import clock
from launchpad import environment
from launchpad.settings import SITE_URL

pytestmark = pytest.mark.django_db


def fields(client):
    answer = client.get("/.well-known/security.txt")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    return dict(line.split(": ", 1) for line in answer.text.splitlines())


def test_it_says_whom_to_tell(client, settings):
    settings.SECURITY_CONTACT = "https://launchpad.example/weaknesses"

    found = fields(client)

    assert found.pop("Expires")
    assert found == {
        "Contact": "https://launchpad.example/weaknesses",
        "Preferred-Languages": "en",
        "Canonical": f"{SITE_URL}/.well-known/security.txt",
    }


@pytest.mark.parametrize("years", [0, 7])
def test_it_never_expires_while_it_is_served(client, monkeypatch, years):
    today = clock.now() + timedelta(days=365 * years)
    monkeypatch.setattr(clock, "now", lambda: today)

    expires = datetime.fromisoformat(fields(client)["Expires"])

    assert timedelta(days=170) < expires - today < timedelta(days=365)


def test_the_contact_is_an_address_that_others_can_follow(settings):
    assert settings.SECURITY_CONTACT == "mailto:launchpad@example.com"
    with pytest.raises(environment.ImproperlyConfigured, match="It must begin with https:// or mailto:"):
        environment.address("UNSET", "somebody", ("https://", "mailto:"))
