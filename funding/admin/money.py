"""Budgets, the ledger and awards, to be read: nobody changes them by hand."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from accounts.admin.in_words import InWords
from accounts.admin.records import Record, VisibleChoices
from accounts.models import Notification
from accounts.templatetags.launchpad_format import pounds
from accounts.templatetags.launchpad_notifications import title, with_fates
from applications import told as told_of
from applications.admin.filters import CompetitionChoices
from funding.models import Award, AwardShare, Budget, Transfer

#: So many of the people who were told of an award are shown with it.
MOST_TOLD = 50


@admin.register(Budget)
class BudgetAdmin(Record):
    list_display = (
        "name",
        "kind",
        "ceiling_pounds",
        "available_pounds",
        "reserved_pounds",
        "committed_pounds",
        "paid_pounds",
    )
    list_filter = ("kind", "region")
    search_fields = ("name", "code")
    ordering = ("kind", "code")
    fields = (
        *("code", "name", "kind", "region", "ceiling"),
        *("available", "reserved", "committed", "paid", "transfers"),
    )
    change_list_template = "admin/funding/budget/list.html"

    @admin.display(description="ceiling", ordering="ceiling")
    def ceiling_pounds(self, budget):
        return pounds(budget.ceiling)

    @admin.display(description="available", ordering="available")
    def available_pounds(self, budget):
        return pounds(budget.available)

    @admin.display(description="reserved", ordering="reserved")
    def reserved_pounds(self, budget):
        return pounds(budget.reserved)

    @admin.display(description="committed", ordering="committed")
    def committed_pounds(self, budget):
        return pounds(budget.committed)

    @admin.display(description="paid", ordering="paid")
    def paid_pounds(self, budget):
        return pounds(budget.paid)

    @admin.display(description="transfers")
    def transfers(self, budget):
        address = reverse("admin:funding_transfer_changelist", query={"budget__id__exact": budget.pk})
        return format_html('<a href="{}">What came in and went out</a>', address)

    def changelist_view(self, request, extra_context=None):
        budgets = Budget.objects.visible_to(request.user).in_order()
        bars = [(budget, bar(budget)) for budget in budgets]
        return super().changelist_view(request, {"bars": bars, **(extra_context or {})})


def bar(budget: Budget) -> list[tuple[str, int, int]]:
    """Return the parts of a bar 1,000 wide: place, where it starts and how long it is."""
    parts, start = [], 0
    for place in ("paid", "committed", "reserved", "available"):
        length = int(getattr(budget, place) * 1000 / budget.ceiling) if budget.ceiling else 0
        parts.append((place, start, length))
        start += length
    return parts


@admin.register(Transfer)
class TransferAdmin(Record):
    list_display = ("made_at", "budget", "source", "target", "amount", "cause", "made_by")
    list_filter = (("budget", VisibleChoices), "source", "target")
    list_select_related = ("budget", "made_by")
    search_fields = ("cause", "budget__code", "award__application__reference")
    ordering = ("-made_at", "-pk")
    date_hierarchy = "made_at"


class ShareLines(InWords, admin.TabularInline):
    model = AwardShare
    fields = ("participant", "grant", "percentage", "subsidy_basis")
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Award)
class AwardAdmin(Record):
    list_display = (
        "application",
        "competition",
        "amount",
        "status",
        "recommended_by",
        "approved_by",
        "made_at",
    )
    list_filter = ("status", ("application__competition", CompetitionChoices))
    list_select_related = ("application__competition", "recommended_by", "approved_by")
    search_fields = ("application__reference", "application__title")
    ordering = ("-made_at", "-pk")
    fields = ("application", "amount", "status", "recommended_by", "approved_by", "made_at", "told")
    readonly_fields = ("told",)
    inlines = (ShareLines,)

    @admin.display(description="who was told, and what became of it")
    def told(self, award):
        notices = Notification.objects.filter(told_of.of(award.application))
        rows = notices.select_related("recipient").order_by("-created_at", "-pk")
        lines = [(title(one), one.recipient, became) for one, became in with_fates(rows[:MOST_TOLD])]
        told = format_html_join("", "<p>{}, to {}: {}.</p>", lines) or "Nobody yet"
        count = notices.count()
        cut = f"The latest {MOST_TOLD} of {count}:" if count > MOST_TOLD else ""
        return format_html("<p>{}</p>{}", cut, told) if cut else told

    @admin.display(ordering="application__competition__code")
    def competition(self, award):
        return award.application.competition.code
