"""Awards, to be read: nobody changes them by hand."""

from django.contrib import admin
from django.utils.html import format_html, format_html_join

from accounts.admin.in_words import InWords
from accounts.admin.records import Record
from accounts.models import Notification
from accounts.templatetags.launchpad_notifications import title, with_fates
from applications import told as told_of
from applications.admin.filters import CompetitionChoices
from funding.models import Award, AwardShare

#: So many of the people who were told of an award are shown with it.
MOST_TOLD = 50


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
