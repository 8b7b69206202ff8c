"""Somebody at work in the office."""

from django.test import Client

from accounts import role_groups
from accounts.models import User


def sign_in(person: User) -> Client:
    """Return a browser signed in as the person, with what their roles permit."""
    role_groups.sync()
    client = Client()
    client.force_login(person)
    return client
