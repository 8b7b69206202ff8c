"""The ledger as staff read and search it: each transfer with its cause."""

from django.contrib import admin

from accounts.admin.days import Days
from accounts.admin.records import Record, VisibleChoices
from accounts.admin.written import pounds
from funding.models import Transfer


@admin.register(Transfer)
class TransferAdmin(Record):
    list_display = ("made_at", "budget", "source", "target", "amount_pounds", "cause", "about", "made_by")
    list_filter = (("budget", VisibleChoices), ("made_at", Days), "source", "target")
    list_select_related = ("budget", "made_by", "award__application")
    search_fields = (
        "cause",
        "budget__code",
        "award__application__reference",
        "made_by__name",
        "made_by__email",
    )
    search_help_text = "A cause such as “award 17”, an application’s reference, a budget’s code or a person"
    ordering = ("-made_at", "-pk")
    date_hierarchy = "made_at"
    fields = ("budget", "award", "change", "source", "target", "amount", "cause", "made_by", "made_at")
    change_list_template = "admin/funding/transfer/list.html"

    @admin.display(description="amount", ordering="amount")
    def amount_pounds(self, transfer):
        return pounds(transfer.amount)

    @admin.display(description="application", ordering="award__application__reference")
    def about(self, transfer):
        return transfer.award.application.reference if transfer.award else ""
