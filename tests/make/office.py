"""Somebody at work, in the office or on its public pages."""

import uuid

from django.test import Client

from accounts import clock, role_groups
from accounts.models import User
from accounts.views.sessions import BEGAN, USED


class Browser(Client):
    """Sends with each form the key that the page would have printed in it.

    For tests that are about something else; whoever is about the key names its field.
    """

    def force_login(self, user, backend=None) -> None:
        """With the moments that the first request would write down, so that none of a test's does."""
        super().force_login(user, backend)
        session, now = self.session, int(clock.of_this_machine().timestamp())
        session.update({BEGAN: now, USED: now})
        session.save()

    def post(self, path, data=None, *arguments, **options):
        is_form = "content_type" not in options and not arguments and not path.startswith("/api/")
        if is_form and (data is None or isinstance(data, dict)):
            data = {"intent": str(uuid.uuid4()), **(data or {})}
        return super().post(path, data, *arguments, **options)


def sign_in(person: User) -> Browser:
    """Return a browser signed in as the person, with what their roles permit."""
    role_groups.sync()
    browser = Browser()
    browser.force_login(person)
    return browser
