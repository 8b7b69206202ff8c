"""What somebody was told, in their own pages."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views import View

from accounts import inbox, summaries, wording
from accounts.models import Notification
from accounts.roles import OFFICE
from accounts.templatetags.launchpad_notifications import with_fates
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect

ON_A_PAGE = 30


@method_decorator(one_effect("mark notifications as read"), name="dispatch")
class NotificationList(LoginRequiredMixin, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        mine = Notification.objects.in_pages_of(request.user).order_by("-created_at", "-pk")
        page = Paginator(mine, ON_A_PAGE).get_page(request.GET.get("page"))
        shown = list(page.object_list)
        named = inbox.named(shown, request.user)
        rows = [
            {"notification": one, "about": named.get(one.pk, ""), "became": became}
            for one, became in with_fates(shown)
        ]
        context = {
            "rows": rows,
            "page": page,
            "may_choose": bool(request.user.roles & OFFICE),
            "may_wait": [kind.title for kind in wording.kinds() if kind.may_wait],
        }
        return render(request, "accounts/notification_list.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        inbox.mark_all_read(request.user, at=arrived_at(request))
        messages.success(request, "All your notifications are marked as read.")
        return redirect("notifications")


@method_decorator(one_effect("choose when to be told", edits=True), name="dispatch")
class ChooseWhen(LoginRequiredMixin, View):
    """At once or once a day. What law or process asks for comes at once, whatever is chosen."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        daily = request.POST.get("when") == "daily"
        try:
            summaries.choose(request.user, daily=daily, by=request.user, at=arrived_at(request))
        except summaries.NotOfTheOffice as refusal:
            raise PermissionDenied from refusal
        when = "once a day, at 8am" if daily else "at once"
        messages.success(request, f"What may wait is sent to you {when}.")
        return redirect("notifications")


class NotificationPage(LoginRequiredMixin, View):
    """One of them; opening it marks it as read."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        at = arrived_at(request)
        mine = Notification.objects.in_pages_of(request.user).select_related("recipient")
        notification = get_object_or_404(mine, pk=pk)
        inbox.mark_read(notification, at=at)
        context = {"notification": notification, "letter": inbox.read(notification)}
        return render(request, "accounts/notification.html", context)
