"""Where the address that an invitation was sent to is shown, and to whom the invitation is not."""

from datetime import timedelta

import pytest

from accounts import clock
from accounts.invitations import key_of
from accounts.models import Notification
from tests.accounts.test_invitations import ADDRESS, invited
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("spoil", [lambda key: key + "x", lambda key: "1-1:" + key.rpartition(":")[2]])
def test_only_the_signed_link_fills_in_the_address(client, spoil):
    made = invited(at=clock.now())

    page = client.get(f"/account/signup/?next=/invitation/{spoil(key_of(made))}/").text

    assert ADDRESS not in page


def test_an_invitation_that_is_over_fills_in_nothing(client):
    made = invited(at=NOON - timedelta(days=900))

    assert ADDRESS not in client.get(f"/account/signup/?next=/invitation/{key_of(made)}/").text


def test_who_invites_finds_no_invitation_among_what_they_were_told(client):
    made = invited(at=clock.now())
    told = Notification.objects.get(kind="organisation_invitation")
    client.force_login(made.invited_by)

    assert not Notification.objects.in_pages_of(made.invited_by).exists()
    assert client.get(f"/account/notifications/{told.pk}/").status_code == 404
