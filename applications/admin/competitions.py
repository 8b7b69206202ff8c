"""Competitions: set up by managers, published when nothing is missing, read by all staff."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST

from accounts.admin.in_words import in_words
from accounts.admin.records import Record
from accounts.formats import local_time
from accounts.forms import conflict
from accounts.models import regions_of
from accounts.roles import Role, held_by, held_in
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications import deadline, lead_times, publication, readiness, setting_up
from applications.admin import board_page
from applications.admin.board_page import BoardPage
from applications.admin.planning import AssignPage, PlanView
from applications.assessment import planning
from applications.forms.competition import FIELDS, SECTIONS, CompetitionForm
from applications.forms.deadline import DeadlineForm
from applications.models import READERS, ClosingList, Competition, Stage
from applications.workflow import Status


@admin.register(Competition)
class CompetitionAdmin(Record):
    form = CompetitionForm
    list_display = (
        "code",
        "title",
        "region",
        "strand",
        "state",
        "stage",
        "opens_at",
        "closes_at",
        "received",
    )
    list_display_links = ("code", "title")
    list_filter = ("region", "strand", "stage", "is_demonstration")
    list_select_related = ("region",)
    search_fields = ("code", "title", "number")
    ordering = ("-closes_at", "code")
    change_form_template = "admin/applications/competition/competition.html"

    def get_queryset(self, request):
        received = Q(applications__submitted_at__isnull=False) & ~Q(applications__status=Status.DRAFT)
        competitions = Competition.objects.run_by(request.user).annotate(seen_at=Value(arrived_at(request)))
        return competitions.annotate(received=Count("applications", filter=received))

    def has_add_permission(self, request):
        return Role.MANAGER in held_by(request.user)

    def has_change_permission(self, request, obj=None):
        """A manager of its region, and only until it is published."""
        if obj is None:
            return Role.MANAGER in held_by(request.user)
        return Role.MANAGER in held_in(request.user, obj.region_id) and obj.stage == Stage.SET_UP

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Offer the regions for which the person is a competition manager."""
        form = super().get_form(request, obj, change, **kwargs)
        regions = regions_of(request.user, {Role.MANAGER})
        form.regions = None if None in regions else regions
        return form

    def get_fieldsets(self, request, obj=None):
        may_edit = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        # What is only read is shown in words.
        shown = {} if may_edit else {"remind_before": "reminders_in_words", "themes": "themes_in_words"}
        sections = [
            (title, {"fields": tuple(shown.get(name, name) for name in names)}) for title, names in SECTIONS
        ]
        if not may_edit:
            sections = [
                (title, {"fields": in_words(Competition, part["fields"])}) for title, part in sections
            ]
        if may_edit:
            sections[0] = (SECTIONS[0][0], {"fields": (*SECTIONS[0][1], "seen_version")})
        return [*sections, ("Where values come from", {"fields": ("standings_in_words",)})]

    def get_readonly_fields(self, request, obj=None):
        always = ("standings_in_words", "reminders_in_words", "themes_in_words")
        return ("code", *always) if obj else always

    def get_urls(self):
        view = self.admin_site.admin_view
        board = view(BoardPage.as_view(site=self.admin_site))
        publish, move = view(require_POST(self.publish_view)), view(self.deadline_view)
        assign = view(AssignPage.as_view(site=self.admin_site))
        plan = view(PlanView.as_view(site=self.admin_site))
        return [
            path("<int:pk>/board/", board, name="applications_competition_board"),
            path(
                "<int:pk>/board/progress.csv",
                view(board_page.as_csv),
                name="applications_competition_board_csv",
            ),
            path(
                "<int:pk>/board/progress.xlsx",
                view(board_page.as_xlsx),
                name="applications_competition_board_xlsx",
            ),
            path("<int:pk>/publish/", publish, name="applications_competition_publish"),
            path("<int:pk>/deadline/", move, name="applications_competition_deadline"),
            path("<int:pk>/assign/", assign, name="applications_competition_assign"),
            path("<int:pk>/assign/<int:plan_pk>/", plan, name="applications_competition_plan"),
            *super().get_urls(),
        ]

    def save_model(self, request, obj, form, change):
        """By the action, which makes it a further version: the files leave it alone, and others are told."""
        save = setting_up.change if change else setting_up.add
        try:
            save(obj, by=request.user, at=arrived_at(request))
        except setting_up.SettingUpRefused as refusal:
            # The form says it first; this one was published, or the role taken away, in between.
            raise PermissionDenied from refusal

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["show_save_and_add_another"] = False
        form = context["adminform"].form
        if stale := getattr(form, "stale", None):
            context["conflict"] = conflict.between(stale.current, form.differences, reader=request.user)
        if obj:
            at = arrived_at(request)
            context |= {
                "state": obj.state_at(at),
                "closing_list": ClosingList.objects.filter(competition=obj).first(),
                "deadline_changes": obj.deadline_changes.select_related("made_by").order_by("pk"),
                "may_move_close": Role.MANAGER in held_in(request.user, obj.region_id)
                and deadline.is_movable(obj, at),
                "may_see_board": bool(held_in(request.user, obj.region_id) & READERS),
                "may_assign": Role.MANAGER in held_in(request.user, obj.region_id)
                and planning.is_open(obj, at),
                "missing": readiness.missing(obj) if obj.stage == Stage.SET_UP else [],
                "may_publish": self.has_change_permission(request, obj),
            }
        answer = super().render_change_form(request, context, add, change, form_url, obj)
        if "conflict" in context:
            answer.status_code = 409
        return answer

    @one_effect("publish competition")
    def publish_view(self, request, pk: int) -> HttpResponse:
        at = arrived_at(request)
        if not self.has_change_permission(request):
            raise PermissionDenied
        competition = get_object_or_404(self.get_queryset(request), pk=pk)
        try:
            publication.publish(competition, by=request.user, at=at)
        except publication.NotReady as refusal:
            for sentence in refusal.missing:
                self.message_user(request, f"Not published: {sentence}", messages.ERROR)
        except publication.PublicationRefused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            self.message_user(request, f"{competition.title} is published.", messages.SUCCESS)
        return redirect("admin:applications_competition_change", pk)

    @one_effect("move the close of a competition")
    def deadline_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page on which a manager of its region moves the close."""
        at = arrived_at(request)
        competition = get_object_or_404(self.get_queryset(request), pk=pk)
        if Role.MANAGER not in held_in(request.user, competition.region_id):
            raise PermissionDenied
        form, status = DeadlineForm(request.POST or None), 200
        if request.method == "POST" and form.is_valid():
            try:
                moved = deadline.move(competition, **form.cleaned_data, by=request.user, at=at)
            except deadline.DeadlineStands as refusal:
                form.add_error("closes_at", str(refusal))
                status = 409
            else:
                self.message_user(request, f"It closes at {local_time(moved.closes_at)}.", messages.SUCCESS)
                return redirect("admin:applications_competition_change", pk)
        elif request.method == "POST":
            status = 422
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Move the close",
            "competition": competition,
            "is_movable": deadline.is_movable(competition, at),
            "form": form,
        }
        return TemplateResponse(
            request, "admin/applications/competition/deadline.html", context, status=status
        )

    @admin.display(description="now")
    def state(self, competition):
        return competition.state_at(competition.seen_at).label

    @admin.display(description="reminders before the close")
    def reminders_in_words(self, competition):
        return lead_times.in_words(competition.remind_before) or "none"

    @admin.display(description="themes")
    def themes_in_words(self, competition):
        return ", ".join(competition.themes) or "none"

    @admin.display(description="applications received")
    def received(self, competition):
        return competition.received

    @admin.display(description="Not from a published source")
    def standings_in_words(self, competition):
        """Name the values that were assumed, reported or set for a demonstration."""
        names = {name: Competition._meta.get_field(name).verbose_name for name in FIELDS}
        words = [f"{names.get(name, name)} ({standing})" for name, standing in competition.standings.items()]
        return ", ".join(words) or "Every value that is set was found in a published source."
