"""What somebody was told, in their own pages."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views import View

from accounts import clock, inbox
from accounts.models import Notification
from accounts.views.one_effect import one_effect

ON_A_PAGE = 30


@method_decorator(one_effect("mark notifications as read"), name="dispatch")
class NotificationList(LoginRequiredMixin, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        mine = Notification.objects.in_pages_of(request.user).order_by("-created_at", "-pk")
        page = Paginator(mine, ON_A_PAGE).get_page(request.GET.get("page"))
        shown = list(page.object_list)
        named = inbox.named(shown, request.user)
        rows = [{"notification": one, "about": named.get(one.pk, "")} for one in shown]
        return render(request, "accounts/notification_list.html", {"rows": rows, "page": page})

    def post(self, request: HttpRequest) -> HttpResponse:
        inbox.mark_all_read(request.user, at=clock.now())
        messages.success(request, "All your notifications are marked as read.")
        return redirect("notifications")


class NotificationPage(LoginRequiredMixin, View):
    """One of them; opening it marks it as read."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        at = clock.now()
        mine = Notification.objects.in_pages_of(request.user).select_related("recipient")
        notification = get_object_or_404(mine, pk=pk)
        inbox.mark_read(notification, at=at)
        context = {"notification": notification, "letter": inbox.read(notification)}
        return render(request, "accounts/notification.html", context)
