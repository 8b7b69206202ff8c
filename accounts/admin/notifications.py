"""What was sent to whom and what became of it; what failed is sent again from here, with a reason."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST

from accounts import resending, wording
from accounts.admin.records import Record
from accounts.models import Notification
from accounts.roles import Role, held_by
from accounts.templatetags.launchpad_notifications import title, with_fates
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect

#: Of those that were not sent again so many are named, and of further ones the number.
REFUSALS_NAMED = 10

REASON = "Say why it is sent again, for example that the address was corrected"


class AgainForm(forms.Form):
    reason = forms.CharField(max_length=2000, error_messages={"required": REASON})


class AgainSelectedForm(ActionForm):
    reason = forms.CharField(label="Reason", max_length=2000, required=False)


class UnreachedFilter(admin.SimpleListFilter):
    title = "arrival"
    parameter_name = "unreached"

    def lookups(self, request, model_admin):
        return [("yes", "Never arrived, and not sent again")]

    def queryset(self, request, notifications):
        return notifications.unreached() if self.value() == "yes" else notifications


@admin.register(Notification)
class NotificationAdmin(Record):
    list_display = ("number", "what", "recipient", "created_at", "became", "tries")
    list_filter = (UnreachedFilter, "state", "kind")
    list_select_related = ("recipient",)
    search_fields = ("recipient__email", "recipient__name")
    ordering = ("-created_at", "-pk")
    does = {
        **dict.fromkeys(sorted(resending.SENDERS), "Send again what did not arrive"),
        Role.ADMINISTRATOR: "Send again what did not arrive and is about a person or an organisation",
    }
    date_hierarchy = "created_at"
    action_form = AgainSelectedForm
    actions = ("send_selected_again",)

    def completed(self, request, rows):
        """With what became of each."""
        for notification, became in with_fates(rows):
            notification.became = became
        return rows

    def has_send_again_permission(self, request) -> bool:
        return bool(held_by(request.user) & resending.SOME_SENDERS)

    def get_urls(self):
        again = self.admin_site.admin_view(require_POST(self.again_view))
        return [
            path("<int:pk>/send-again/", again, name="accounts_notification_again"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request) or request.method == "POST":
            raise PermissionDenied
        number = (
            int(object_id) if object_id.isascii() and object_id.isdecimal() and len(object_id) < 16 else 0
        )
        return self._page(request, self._find(request, number), AgainForm())

    @one_effect("send notification again")
    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        at = arrived_at(request)
        if not self.has_send_again_permission(request):
            raise PermissionDenied
        notification = self._find(request, pk)
        form = AgainForm(request.POST)
        if not form.is_valid():
            return self._page(request, notification, form, status=422)
        try:
            again = resending.send_again(
                notification, reason=form.cleaned_data["reason"], by=request.user, at=at
            )
        except resending.SentAgainAlready as refusal:
            messages.info(request, str(refusal))
            return redirect("admin:accounts_notification_change", refusal.follower.pk)
        except resending.SendingAgainRefused as refusal:
            form.add_error("reason", str(refusal))
            return self._page(request, notification, form, status=409)
        messages.success(request, f"It is being sent again, as number {again.pk}.")
        return redirect("admin:accounts_notification_change", again.pk)

    @admin.action(description="Send again, for the reason given", permissions=["send_again"])
    def send_selected_again(self, request, notifications):
        at = arrived_at(request)
        reason = request.POST.get("reason", "").replace("\x00", "")[:2000]
        if not reason.strip():
            self.message_user(request, f"Nothing was sent. {REASON}.", messages.ERROR)
            return
        outcomes = resending.send_all_again(notifications, reason=reason, by=request.user, at=at)
        again = [pk for pk, outcome in outcomes if isinstance(outcome, Notification)]
        refused = [(pk, outcome) for pk, outcome in outcomes if not isinstance(outcome, Notification)]
        if again:
            number = "1 message is" if len(again) == 1 else f"{len(again):,} messages are"
            self.message_user(request, f"{number} being sent again.", messages.SUCCESS)
        for pk, refusal in refused[:REFUSALS_NAMED]:
            self.message_user(request, f"Number {pk}: {refusal}", messages.ERROR)
        if len(refused) > REFUSALS_NAMED:
            more = f"{len(refused) - REFUSALS_NAMED:,} more were not sent again."
            self.message_user(request, more, messages.ERROR)

    def _find(self, request: HttpRequest, pk: int) -> Notification:
        whole = self.get_queryset(request).select_related("recipient", "again_of", "again_by", "again")
        return get_object_or_404(whole, pk=pk)

    def _page(self, request, notification: Notification, form: AgainForm, status: int = 200) -> HttpResponse:
        may_send = resending.may_be_sent_by(request.user).filter(pk=notification.pk).exists()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{title(notification)}, number {notification.pk}",
            "notification": notification,
            "goes_to_recipient": wording.goes_to_recipient(notification.kind),
            "follower": Notification.objects.filter(again_of=notification).first(),
            "form": form,
            "may_send_again": notification.has_failed and may_send,
        }
        return TemplateResponse(
            request, "admin/accounts/notification/notification.html", context, status=status
        )

    @admin.display(description="no.", ordering="pk")
    def number(self, notification):
        return notification.pk

    @admin.display(description="what", ordering="kind")
    def what(self, notification):
        return title(notification)

    @admin.display(description="what became of it", ordering="state")
    def became(self, notification):
        return notification.became
