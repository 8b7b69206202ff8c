"""Pages whose form does something once, however often it is sent."""

import functools
import hashlib
import json
import re
import time
from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from accounts import intents
from accounts.views.arrival import arrived_at
from accounts.views.typed import readable, typed

View = TypeVar("View", bound=Callable[..., HttpResponse])

#: The hidden field that ``{% intent %}`` prints.
FIELD = "intent"
LEFT_OUT = frozenset({FIELD, "csrfmiddlewaretoken"})
#: Where a form carries the version that it was read at.
VERSIONS = ("version", "seen_version")
KEY = re.compile(r"[!-~]{1,64}")

#: How long a second press waits for the first to end, in seconds, and how often it looks.
PATIENCE, LOOK = 2.0, 0.05


def one_effect(action: str, *, edits: bool = False) -> Callable[[View], View]:
    """Let a view's POST take effect once for each form that was shown.

    A view answers with a redirect when it has done something, or a script with data; that, with its
    messages, is what a second press gets. Any other answer is a refusal: nothing is kept, and the same
    form may be sent again, mended. A form without the field does nothing: it is offered again with all
    that was entered, and a key. Whoever is not signed in is answered by the view.

    edits  for forms that change what is there: the same form sent with other entries (after "back",
           say) is a further change, which the version it was read at protects. Elsewhere other
           entries under a used key are refused, as on the page of such a form that makes something
           new: its version is empty.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def once_only(*arguments, **named) -> HttpResponse:
            request = next(one for one in arguments if isinstance(one, HttpRequest))
            if request.method != "POST" or not request.user.is_authenticated:
                return view(*arguments, **named)
            key = key_of(request)
            if not key:
                return _without_key(request)
            body = _fingerprint(request)
            if edits and not _makes_something_new(request):
                key = hashlib.sha256(f"{key}{body}".encode()).hexdigest()
            return _carried_out(action, key, body, request, lambda: view(*arguments, **named))

        once_only.one_effect = action  # type: ignore[attr-defined]
        return once_only  # type: ignore[return-value]

    return decorate


def row_by_row(action: str) -> Callable[[View], View]:
    """Let a view's POST act on many rows, each once for each form that was shown and by itself.

    Nothing surrounds the rows: the view says with ``begin`` what is wanted, and does each under
    ``once_for``. Sent again after it was cut off, the same form goes on where it ended.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def each_once(*arguments, **named) -> HttpResponse:
            request = next(one for one in arguments if isinstance(one, HttpRequest))
            if request.method == "POST" and request.user.is_authenticated and not key_of(request):
                return _without_key(request)
            try:
                return view(*arguments, **named)
            except intents.StillRunning:
                return _still_running(request)
            except intents.KeyReused:
                return render(request, "accounts/form_used.html", {"typed": typed(request)}, status=422)

        each_once.one_effect = action  # type: ignore[attr-defined]
        return each_once  # type: ignore[return-value]

    return decorate


def begin(action: str, request: HttpRequest, wanted: dict) -> dict:
    """Keep what the form asks for under its key, before the first row. Raises KeyReused for other entries."""
    return _once(action, key_of(request), request, lambda: wanted)


def once_for(action: str, row: object, request: HttpRequest, do: Callable[[], dict]) -> dict:
    """Do it for one row, in a transaction of its own, or answer as it was answered before.

    do  returns the answer as JSON, a refusal too
    """
    return _once(action, intents.part(key_of(request), row), request, do)


def _once(action: str, key: str, request: HttpRequest, do: Callable[[], dict]) -> dict:
    body, by, at = _fingerprint(request), request.user, arrived_at(request)
    found = _patiently(lambda: intents.once(action, key=key, body=body, by=by, at=at, do=do))
    assert found is not None
    return found[0]


def key_of(request: HttpRequest) -> str:
    """The key that came with the form; empty where there was none, or none of ours."""
    key = request.POST.get(FIELD, "")
    return key if KEY.fullmatch(key) else ""


def _makes_something_new(request: HttpRequest) -> bool:
    return any(request.POST.get(name) == "" for name in VERSIONS)


def _without_key(request: HttpRequest) -> HttpResponse:
    fields = [(name, readable(text)) for name, texts in request.POST.lists() for text in texts]
    context = {
        "fields": [one for one in fields if one[0] not in LEFT_OUT],
        "typed": typed(request),
        "address": request.get_full_path(),
    }
    return render(request, "accounts/form_without_key.html", context, status=422)


def _carried_out(
    action: str, key: str, body: str, request: HttpRequest, view: Callable[[], HttpResponse]
) -> HttpResponse:
    answers: list[HttpResponse] = []

    def do() -> dict | None:
        answers.append(view())
        return _kept(request, answers[-1])

    try:
        found = _patiently(
            lambda: intents.once(action, key=key, body=body, by=request.user, at=arrived_at(request), do=do)
        )
    except intents.StillRunning:
        return _still_running(request)
    except intents.KeyReused:
        return render(request, "accounts/form_used.html", {"typed": typed(request)}, status=422)
    if found is None or not found[1]:
        return answers[-1]
    return _repeated(request, found[0])


def _still_running(request: HttpRequest) -> HttpResponse:
    answer = render(request, "accounts/still_running.html", status=409)
    answer["Retry-After"] = "2"
    return answer


def _patiently(once: Callable):
    """Wait a moment for the first press: whoever pressed twice wants its answer, not a refusal."""
    give_up_at = time.monotonic() + PATIENCE
    while True:
        try:
            return once()
        except intents.StillRunning:
            if time.monotonic() >= give_up_at:
                raise
            time.sleep(LOOK)


def _kept(request: HttpRequest, answer: HttpResponse) -> dict | None:
    if answer.status_code == 200 and isinstance(answer, JsonResponse):
        return {"data": json.loads(answer.content)}
    if answer.status_code not in (302, 303):
        return None
    said = getattr(messages.get_messages(request), "_queued_messages", [])
    return {
        "location": answer["Location"],
        "messages": [[message.level, str(message.message), message.extra_tags] for message in said],
    }


def _repeated(request: HttpRequest, kept: dict) -> HttpResponse:
    if "data" in kept:
        return JsonResponse(kept["data"])
    waiting = messages.get_messages(request)
    said = {str(message) for message in waiting}
    waiting.used = False
    for level, text, tags in kept["messages"]:
        if text not in said:
            messages.add_message(request, level, text, extra_tags=tags)
    return redirect(kept["location"])


def _fingerprint(request: HttpRequest) -> str:
    sent = sorted((name, texts) for name, texts in request.POST.lists() if name not in LEFT_OUT)
    return hashlib.sha256(json.dumps([request.path, sent]).encode()).hexdigest()
