from django.contrib import admin

from accounts.admin.records import Record
from accounts.models import Notification


@admin.register(Notification)
class NotificationAdmin(Record):
    """What was sent to whom, and whether it arrived."""

    list_display = ("kind", "recipient", "state", "created_at", "tries", "finished_at", "last_error")
    list_filter = ("state", "kind")
    list_select_related = ("recipient",)
    search_fields = ("recipient__email", "recipient__name")
    ordering = ("-created_at", "-pk")
    date_hierarchy = "created_at"
    fields = (
        "kind",
        "recipient",
        "subject_word",
        "subject_id",
        "state",
        "created_at",
        "due_at",
        "tries",
        "finished_at",
        "last_error",
    )
