"""Pages of the office on which somebody writes for long: what they typed outlives their session."""

import functools
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views import View

from accounts.views import sign_in, unsaved
from applications.views import autosave


def keeps_typing(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Stand before the admin's own question who is there: it would lead to the sign-in without the text."""

    @functools.wraps(view)
    def asked(request: HttpRequest, *arguments, **named) -> HttpResponse:
        if request.method == "POST" and not request.user.is_authenticated:
            if autosave.is_asked(request):
                return autosave.signed_out()
            if unsaved.writer_of(request):
                return sign_in.ask(request, unsaved.sent(request))
        return view(request, *arguments, **named)

    return asked


class WritersPage(View):
    """Refuses what somebody else typed before this person signed in, and discards what is not wanted."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        if request.method == "POST":
            kept = unsaved.sent(request)
            if kept and kept.writer != request.user.pk:
                return sign_in.by_somebody_else(request, kept)
            if "discard" in request.POST:
                unsaved.forget(request)
                return redirect(request.path)
        return super().dispatch(request, *args, **kwargs)
