"""The eligibility desk's lists: what is open of each application, what was found, and by when."""

from collections.abc import Iterable

from django.contrib import admin
from django.db.models import OuterRef, Q, Subquery
from django.utils.html import format_html_join

from accounts.admin import written
from accounts.admin.records import Record
from accounts.london import day_of
from accounts.views.arrival import arrived_at
from applications.admin.filters import CompetitionChoices
from applications.desk import checks, due, evidence, standing
from applications.desk.checks import Check, Outcome
from applications.models import Competition, Participant


class DeskFilter(admin.SimpleListFilter):
    title = "eligibility"
    parameter_name = "eligibility"

    def lookups(self, request, model_admin):
        return [
            ("open", "To be decided"),
            ("rules", "Rules to be decided"),
            ("overdue", "To be decided, and overdue"),
            ("against", "Decided against"),
            ("checked", "Checked"),
        ]

    def queryset(self, request, applications):
        is_unchecked = Q(decided__lt=checks.EACH) | Q(is_left_broken=True)
        is_open = is_unchecked & Q(is_against=False, status__in=standing.OPEN)
        match self.value():
            case "open":
                return applications.filter(is_open)
            case "rules":
                return standing.rules_to_decide(applications)
            case "overdue":
                late = overdue(request, applications.filter(is_open))
                return applications.filter(is_open, competition__in=late)
            case "against":
                return applications.filter(is_against=True)
            case "checked":
                return applications.filter(decided=checks.EACH, is_against=False, is_left_broken=False)
        return applications


class ScopeFilter(admin.SimpleListFilter):
    title = "scope"
    parameter_name = "scope"

    def lookups(self, request, model_admin):
        return [
            ("none", "Not decided"),
            ("waits", "To be decided"),
            *((one.value, one.label) for one in checks.OF_THE_SCOPE),
        ]

    def queryset(self, request, applications):
        if self.value() == "none":
            return applications.filter(scope=None)
        if self.value() == "waits":
            return standing.scope_to_decide(applications)
        known = self.value() in checks.OF_THE_SCOPE
        return applications.filter(scope=self.value()) if known else applications


def overdue(request, applications) -> list[int]:
    """The competitions of these applications whose check should be over."""
    within = Competition.objects.filter(pk__in=applications.order_by().values("competition"))
    today = day_of(arrived_at(request))
    return [one.pk for one in within if (last := due.due_on(one)) is not None and last < today]


class DeskList(Record):
    """A list of applications after the close, with how far each is checked."""

    list_select_related = ("competition__region",)
    ordering = ("competition__closes_at", "reference")

    def get_queryset(self, request):
        rows = super().get_queryset(request).at_the_desk(arrived_at(request))
        return standing.with_standing(rows)

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    @admin.display(description="competition", ordering="competition__code")
    def code(self, application):
        return application.competition.code

    @admin.display(description="due", ordering="competition__closes_at")
    def due_on(self, application):
        return written.day(due.due_on(application.competition))

    @admin.display(description="scope", ordering="scope")
    def scope_shown(self, application):
        return Outcome(application.scope).label if application.scope else "Not decided"


class DeskCases(DeskList):
    list_display = (
        "reference",
        "title",
        "lead_name",
        "code",
        "status",
        "open_checks",
        "flags",
        "scope_shown",
        "due_on",
    )
    list_filter = (DeskFilter, ScopeFilter, ("competition", CompetitionChoices))
    search_fields = ("reference", "title", "participants__name", "participants__company_number")

    def get_queryset(self, request):
        lead = Participant.objects.filter(application=OuterRef("pk"), is_lead=True).values("name")
        return super().get_queryset(request).annotate(lead_name=Subquery(lead[:1]))

    def completed(self, request, rows):
        found = evidence.of(rows, reader=request.user)
        for application in rows:
            application.found = found[application.pk]
        return rows

    @admin.display(description="lead organisation", ordering="lead_name")
    def lead_name(self, application):
        return application.lead_name

    @admin.display(description="open", ordering="decided")
    def open_checks(self, application):
        if application.is_against:
            return "Decided against"
        missing = checks.EACH - application.decided
        if application.is_left_broken:
            return f"{missing + 1} of {checks.EACH + 1}"
        return f"{missing} of {checks.EACH}" if missing else "Checked"

    @admin.display(description="to look at")
    def flags(self, application):
        found: Iterable[Check] = [one.check for one in application.found if one.is_flagged]
        return format_html_join(" ", '<span class="sheet-flag">{}</span>', ((rule,) for rule in found)) or "–"
