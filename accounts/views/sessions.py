"""How long somebody stays signed in, and the address at which a page asks, and asks for longer."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.london import LONDON, on_the_clock

#: In the session: when it began and when it was last used, in seconds since 1970.
BEGAN, USED = "began", "used"

#: The last use is written down so often at the most, or each page would write to the database.
EVERY = timedelta(minutes=1)


def hold(request: HttpRequest, *, at: datetime) -> None:
    """End the session of the request where its time has passed, else note that it is used."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or SESSION_KEY not in request.session:
        return
    session, now = request.session, int(at.timestamp())
    if BEGAN not in session:
        session[BEGAN] = session[USED] = now
    elif ends_at(request) <= at:
        logout(request)
    elif now - session[USED] >= EVERY.total_seconds() and not _only_asks(request):
        session[USED] = now


def ends_at(request: HttpRequest) -> datetime:
    """Return when the signed-in person will be signed out, if they do nothing."""
    idle, whole = settings.SESSION_LIMITS_OFFICE if request.user.is_staff else settings.SESSION_LIMITS
    began, used = (datetime.fromtimestamp(request.session[name], UTC) for name in (BEGAN, USED))
    return min(used + idle, began + whole)


def left(request: HttpRequest, *, at: datetime) -> dict:
    """Say in how many seconds the session ends, 0 for nobody's, when that is in London, and whose it is."""
    if not request.user.is_authenticated or BEGAN not in request.session:
        return {"left": 0, "ends": "", "person": None}
    end = ends_at(request)
    when = on_the_clock(end.astimezone(LONDON).replace(second=0, microsecond=0).time())
    seconds = max(0, int((end - at).total_seconds()))
    return {"left": seconds, "ends": when, "person": request.user.pk}


@never_cache
@require_http_methods(["GET", "POST"])
def session(request: HttpRequest) -> HttpResponse:
    """How long the session lasts; asked for by POST, from now on. To ask is no use of it."""
    at = clock.of_this_machine()
    if request.method == "POST" and request.user.is_authenticated:
        request.session[USED] = int(at.timestamp())
    # With the token that forms need now: a page that was open while somebody signed in again has an old one.
    return JsonResponse({**left(request, at=at), "token": get_token(request)})


def _only_asks(request: HttpRequest) -> bool:
    return request.method == "GET" and request.path == reverse("session")
