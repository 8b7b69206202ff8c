"""Tokens for other systems: a secret shown once, of which only the SHA-256 digest is kept."""

import hashlib
import logging
import secrets
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts import audit, london
from accounts.models import ApiToken, User
from accounts.refusals import Refusal

logger = logging.getLogger(__name__)

#: Makes a token that was published by mistake easy to find and to recognise.
PREFIX = "launchpad_"


class NameTaken(Refusal):
    """The person has a token of this name that is still in use."""


@audit.action("issue token")
def issue(person: User, name: str, *, by: User | None = None, at: datetime) -> str:
    """Make a token for ``person`` and return its secret, which cannot be read again.

    ``by`` is None at the console. Raises NameTaken.
    """
    secret = PREFIX + secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            token = ApiToken.objects.create(person=person, name=name, digest=_digest(secret), created_at=at)
    except IntegrityError as clash:
        raise NameTaken(name) from clash
    audit.note(after={"token": token.pk})
    logger.info("api token issued", extra={"token": token.pk, "person": person.pk})
    return secret


@audit.action("revoke token")
def revoke(person: User, name: str, *, by: User | None = None, at: datetime) -> bool:
    """Stop the person's token of this name. Returns whether there was one in use."""
    stopped = person.api_tokens.filter(name=name, revoked_at__isnull=True).update(revoked_at=at)
    audit.note(after={"revoked": stopped})
    if stopped:
        logger.info("api token revoked", extra={"person": person.pk})
    return bool(stopped)


def holder_of(secret: str, *, at: datetime) -> User | None:
    """Return the person a secret stands for, or None, and remember the day it was used.

    The secret is hashed before it is looked up, so the time taken tells nothing about
    digests that are stored. One write a day at most.
    """
    tokens = ApiToken.objects.usable().select_related("person").prefetch_related("person__holdings")
    token = tokens.filter(digest=_digest(secret)).first()
    if token is None:
        return None
    today = london.day_of(at)
    if token.last_used_on != today:
        earlier = Q(last_used_on__isnull=True) | Q(last_used_on__lt=today)
        ApiToken.objects.filter(earlier, pk=token.pk).update(last_used_on=today)
    return token.person


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
