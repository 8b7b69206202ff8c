"""Awards, to be read: nobody changes them by hand. An offer of one is made from its page."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from accounts.admin.in_words import InWords
from accounts.admin.lines import ReadOnlyLines
from accounts.admin.records import Record
from accounts.formats import local_time
from accounts.models import Notification
from accounts.roles import Role, held_by
from accounts.templatetags.launchpad_notifications import title, with_fates
from applications import told as told_of
from applications.admin.filters import CompetitionChoices
from funding import award_endings, duties
from funding.models import LIVE_OFFERS, Award, AwardShare
from funding.offers import making

#: So many of the people who were told of an award are shown with it.
MOST_TOLD = 50


class ShareLines(InWords, ReadOnlyLines):
    model = AwardShare
    fields = ("participant", "grant", "percentage", "basis")
    readonly_fields = ("basis",)

    @admin.display(description="subsidy basis")
    def basis(self, share):
        return share.subsidy_basis.replace("_", " ").capitalize()


class Offered(admin.SimpleListFilter):
    """Whether an offer of the award waits for its answer, or was accepted; or could be made."""

    title = "offer"
    parameter_name = "offered"

    def lookups(self, request, model_admin):
        return [("yes", "Offered"), ("no", "To be offered")]

    def queryset(self, request, queryset):
        if self.value() == "yes":
            return queryset.filter(offers__state__in=LIVE_OFFERS)
        return queryset.to_be_offered() if self.value() == "no" else queryset


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
    list_filter = ("status", Offered, ("application__competition", CompetitionChoices))
    list_select_related = ("application__competition", "recommended_by", "approved_by")
    search_fields = ("application__reference", "application__title")
    ordering = ("-made_at", "-pk")
    fields = (
        "application",
        "amount",
        "status",
        "recommended_by",
        "approved_by",
        "made_at",
        "offers",
        "to_offer",
        "endings",
        "told",
    )
    readonly_fields = ("offers", "to_offer", "endings", "told")
    does = {Role.FUNDS: "Make an offer, propose to end an award"}
    inlines = (ShareLines,)

    @admin.display(description="offers")
    def offers(self, award):
        """The latest first."""
        rows = award.offers.order_by("-pk")
        lines = [
            (
                reverse("admin:funding_offer_change", args=[one.pk]),
                local_time(one.issued_at),
                one.get_state_display(),
            )
            for one in rows
        ]
        return format_html_join("", '<p><a href="{}">Made at {}</a>: {}</p>', lines) or "None yet"

    @admin.display(description="end of the award")
    def endings(self, award):
        """What was proposed, the latest first, and for fund managers where it is proposed."""
        lines = [
            (
                reverse("admin:funding_awardending_change", args=[one.pk]),
                local_time(one.proposed_at),
                one.get_state_display(),
            )
            for one in award.endings.order_by("-pk")
        ]
        said = format_html_join("", '<p><a href="{}">Proposed at {}</a>: {}</p>', lines)
        if award_endings.obstacle(award) or any(state == "Proposed" for *_, state in lines):
            return said or "Not proposed"
        address = reverse("admin:funding_awardending_propose", args=[award.pk])
        return said + format_html('<p><a href="{}">Propose to end it</a>, for a fund manager</p>', address)

    @admin.display(description="next")
    def to_offer(self, award):
        """Where an offer is made, or why none can be."""
        if making.live_of(award):
            return "Nothing: an offer waits for its answer, or was accepted."
        if why := making.obstacles(award):
            return " ".join(why)
        address = reverse("admin:funding_offer_make", args=[award.pk])
        return format_html('<a href="{}">Make an offer</a>', address)

    def get_fields(self, request, obj=None):
        """What is next, for who makes offers."""
        fields = super().get_fields(request, obj)
        if held_by(request.user) & duties.OFFER:
            return fields
        return [name for name in fields if name != "to_offer"]

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
