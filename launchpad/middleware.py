"""What every request and answer passes through."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress

import structlog
from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.cache import patch_vary_headers
from django_structlog.middlewares import RequestMiddleware

from accounts import audit, clock, database
from accounts.views import sessions
from accounts.views.arrival import arrived_at
from launchpad import errors, refused, untraced

Answer = Callable[[HttpRequest], HttpResponse]
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
#: Seconds from the first line of a request to its last. What is done then has its own limits, and all of
#: it is over before a closing list is drawn (``applications.closing.REQUEST_LIMIT``).
LONGEST_SENDING = 15.0
READING = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
UTF_8 = frozenset({"utf-8", "utf8"})


class Arrival:
    """Notes when something was sent, before anything is looked up or waited for."""

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in READING:
            # Without the database the view says so, in the way of its page.
            with suppress(Error):
                arrived_at(request)
        return self.get_response(request)


class BoundedBody:
    """Refuses a body that is larger than any page takes, before a byte of it is read."""

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, arguments, options) -> HttpResponse | None:
        told = request.META.get("CONTENT_LENGTH") or "0"
        if told.isascii() and told.isdigit() and int(told[:20]) > settings.REQUEST_MAX_SIZE:
            return errors.page(request, 413)
        return None


class TimelyBody:
    """Reads what is sent, and carries nothing out that took long to come.

    The moment of arrival is that of the first line. Whoever sent the rest long after a close would
    else be in time for it, and come behind a closing list that has been drawn without them.
    """

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, arguments, options) -> HttpResponse | None:
        if request.method in READING:
            return None
        began = time.monotonic()
        try:
            _whole = request.body
        except UnreadablePostError:
            return errors.page(request, 400)
        if time.monotonic() - began > LONGEST_SENDING:
            return errors.page(request, 408, typed=errors.typed(request))
        return None


class ReadableText:
    """Refuses text that PostgreSQL cannot hold (NUL, broken Unicode) before any view reads it.

    A form that holds some is shown back, without the characters in question, so that it can be
    entered again. A cookie with them is none of ours and is dropped. Stands before the sessions.
    """

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for name in [name for name, text in request.COOKIES.items() if not is_readable(name + text)]:
            del request.COOKIES[name]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, arguments, options) -> HttpResponse | None:
        if request.content_params.get("charset", "utf-8").lower() not in UTF_8:
            return errors.page(request, 400)
        if not all(is_readable(text) for text in (request.path, *_texts(request.GET))):
            return errors.page(request, 400)
        # A body of JSON is read, and refused, by the API.
        if request.method != "POST" or request.content_type not in FORMS:
            return None
        try:
            form = request.POST
        except UnreadablePostError:
            return errors.page(request, 400)
        if not all(is_readable(text) for text in _texts(form)):
            return errors.page(request, 400, typed=errors.typed(request))
        return None


class Followed(RequestMiddleware):
    """Gives each request the id under which it is found in the logs, and its person's number.

    A lost database keeps the number from the log and nothing from the request. Nothing of a request
    is left behind: the thread that served it serves another one next.
    """

    def __call__(self, request: HttpRequest):
        structlog.contextvars.clear_contextvars()
        try:
            return super().__call__(request)
        finally:
            structlog.contextvars.clear_contextvars()

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        if untraced.is_address(request.path):
            return
        try:
            RequestMiddleware.bind_user_id(request)
        except Error as failure:
            if not database.is_away_or_busy(failure):
                raise
            structlog.contextvars.unbind_contextvars("user_id")


class Refusals:
    """Sees that no refusal goes unnoted: rules' and closed pages' in the audit trail, others' in the log.

    A rule's refusal is written by its action; one inside a view's own transaction, which is undone,
    waits here for its end. Stands inside of ``Followed``, so that each line has the request's id.
    """

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            with audit.refusals_after() as refusals:
                answer = self.get_response(request)
            if cause := refused.cause(request, answer):
                refused.note(request, cause, is_noted=bool(refusals.noted))
        except Error as failure:
            # The plain page of ``PlainErrors`` does not reach what is written here.
            if not database.is_away_or_busy(failure):
                raise
            return errors.unavailable(request, failure)
        return answer


class PlainErrors:
    """Puts the plain page into an answer that has a status of refusal and nothing else, and in the
    place of what the database had no time for."""

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        is_bare = not answer.streaming and not answer.content
        if answer.status_code not in errors.WITH_PAGE or not is_bare or errors.is_for_systems(request):
            return answer
        page = errors.page(request, answer.status_code)
        for name, value in answer.items():
            if name.lower() not in ("content-type", "content-length"):
                page[name] = value
        page.cookies.update(answer.cookies)
        patch_vary_headers(page, ["Cookie"])
        return page

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return errors.unavailable(request, exception) if database.is_away_or_busy(exception) else None


class SessionLimits:
    """Ends a session that nobody used for too long, or that has lasted long enough.

    Innermost, so that a lost database is answered as everywhere; before the view, which sees nobody.
    """

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            sessions.hold(request, at=clock.of_this_machine())
        except Exception as failure:
            if not database.is_away_or_busy(failure):
                raise
            # What says how the system is has its own answer to that.
            if not request.path.startswith("/health/"):
                return errors.unavailable(request, failure)
        return self.get_response(request)


def is_readable(text: str) -> bool:
    return errors.readable(text) == text


def _texts(values) -> Iterable[str]:
    for name, texts in values.lists():
        yield name
        yield from texts
