"""Which people have signed in with this browser before: a signed cookie that names their accounts."""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.models import User

COOKIE = "__Host-known" if settings.HTTPS else "known"
SALT = "known browser"
YEAR = 365 * 24 * 60 * 60

#: People who share a browser; with a further one the first is forgotten.
AT_MOST = 5


def knows(request: HttpRequest, person: User) -> bool:
    return person.pk in _people(request)


def remember(request: HttpRequest, response: HttpResponse, person: User) -> None:
    people = [*(pk for pk in _people(request) if pk != person.pk), person.pk][-AT_MOST:]
    response.set_cookie(
        COOKIE,
        signing.dumps(people, salt=SALT),
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _people(request: HttpRequest) -> list[int]:
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=YEAR)
    except signing.BadSignature:
        return []
