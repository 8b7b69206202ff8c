"""The questions register: what the public and Parliament ask, each answered from a kept report."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts import exporting, london
from accounts.admin.records import Record
from accounts.formats import local_day
from accounts.roles import Role, held_by
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from funding import duties
from funding.admin import request_pages
from funding.admin.funding_report import file_name
from funding.exports import programme_report
from funding.forms.information_requests import FRESH, DueForm, LogRequestForm, WithdrawRequestForm
from funding.models import InformationRequest, ProgrammeReport
from funding.register import answering, entering, ready_made, scopes, similar, withholding
from funding.register.entering import RequestRefused

LOOKED_FOR = 200


class Standing(admin.SimpleListFilter):
    """What became of a request, and of an open one how near its day is."""

    title = "state"
    parameter_name = "standing"

    def lookups(self, request, model_admin):
        return [
            ("open", "Open"),
            ("near", "Due soon or overdue"),
            ("overdue", "Overdue"),
            ("answered", "Answered"),
            ("withdrawn", "Withdrawn"),
        ]

    def queryset(self, request, queryset):
        today = london.day_of(arrived_at(request))
        match self.value():
            case "near":
                return queryset.near(today)
            case "overdue":
                return queryset.overdue(today)
            case None:
                return queryset
            case state:
                return queryset.filter(state=state)


@admin.register(InformationRequest)
class InformationRequestAdmin(Record):
    list_display = ("number", "asked", "kind", "covers", "received_on", "due_on", "standing", "answered_at")
    list_filter = (Standing, "kind", "asker")
    list_select_related = ("competition", "region")
    search_fields = ("question", "answer", "file_reference")
    search_help_text = "Words of the question or its answer, or the office’s own reference"
    ordering = ("-received_on", "-pk")
    does = {
        Role.MANAGER: "Log what the public and Parliament ask, and answer it from a report",
        Role.FUNDS: "Log what the public and Parliament ask, and answer it from a report",
    }
    change_list_template = "admin/funding/informationrequest/list.html"

    @admin.display(description="number", ordering="pk")
    def number(self, asked):
        return f"Request {asked.pk}"

    @admin.display(description="what is asked")
    def asked(self, asked):
        return asked.question if len(asked.question) < 120 else f"{asked.question[:117]}…"

    @admin.display(description="about", ordering="region__name")
    def covers(self, asked):
        covers = asked.covers
        return asked.competition.code if asked.competition else f"{covers[:1].upper()}{covers[1:]}"

    @admin.display(description="state", ordering="state")
    def standing(self, asked):
        return asked.standing(asked.today)

    def get_queryset(self, request):
        """Each row with the day it is, for its state in words."""
        return super().get_queryset(request).on_the_day(london.day_of(arrived_at(request)))

    def get_urls(self):
        view, name = self.admin_site.admin_view, "funding_informationrequest"

        def posted(page):
            return view(require_POST(page))

        return [
            path("log/", view(self.log_view), name=f"{name}_log"),
            path("<int:pk>/report/", posted(self.report_view), name=f"{name}_report"),
            path("<int:pk>/answer/", posted(self.answer_view), name=f"{name}_answer"),
            path("<int:pk>/withdraw/", posted(self.withdraw_view), name=f"{name}_withdraw"),
            path("<int:pk>/again/", posted(self.again_view), name=f"{name}_again"),
            path("<int:pk>/as/<int:earlier>/", posted(self.as_view), name=f"{name}_as"),
            path(
                "<int:pk>/tables/<slug:table>.csv", view(require_safe(self.table_view)), name=f"{name}_table"
            ),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        more = {
            "title": "Questions register",
            "may_log": bool(held_by(request.user) & duties.ANSWER),
            "ready_made": ready_made.QUESTIONS,
        }
        return super().changelist_view(request, {**more, **(extra_context or {})})

    @one_effect("log information request")
    def log_view(self, request: HttpRequest) -> HttpResponse:
        """``?words=`` looks for what was answered before; ``?like=`` begins with a ready-made question."""
        if not held_by(request.user) & duties.ANSWER:
            raise PermissionDenied
        offered = scopes.open_to(request.user, duties.ANSWER)
        covers = [(value, words) for value, (words, _) in offered.items()]
        if request.method != "POST":
            return self._log_page(request, LogRequestForm(initial=_begun(request), covers=covers))
        form = LogRequestForm(request.POST, covers=covers)
        if not form.is_valid():
            return self._log_page(request, form, status=422)
        said = dict(form.cleaned_data)
        question, scope = said.pop("question"), offered[said.pop("covers")][1]
        try:
            made = entering.log(question, scope, **said, by=request.user, at=arrived_at(request))
        except RequestRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
            return self._log_page(request, form, status=422)
        messages.success(request, f"The request is logged. It is due on {local_day(made.due_on)}.")
        return redirect("admin:funding_informationrequest_change", made.pk)

    def _log_page(self, request: HttpRequest, form: LogRequestForm, *, status: int = 200) -> HttpResponse:
        words = request.GET.get("words", "").strip()[:LOOKED_FOR]
        context = {
            "title": "Log an information request",
            "form": form,
            "words": words,
            "longest": LOOKED_FOR,
            "similar": similar.answered(words, to=request.user),
            "ready_made": ready_made.QUESTIONS,
        }
        return self._answered(request, "log", context, status)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        is_id = object_id.isascii() and object_id.isdecimal() and len(object_id) < 19
        return self._page(request, self._find(request, int(object_id) if is_id else 0))

    @one_effect("choose report for information request")
    def report_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        asked, at = self._answered_by(request, pk), arrived_at(request)
        form = request_pages.reports_to_choose(asked, request.POST)
        if not form.is_valid():
            return self._page(request, asked, report_form=form, status=422)
        chosen = form.cleaned_data["report"]
        report = None if chosen == FRESH else ProgrammeReport.objects.get(pk=chosen)
        try:
            answering.attach(asked, report, by=request.user, at=at)
        except RequestRefused as refusal:
            return self._page(request, self._find(request, pk), problems=[str(refusal)], status=409)
        messages.success(request, "The report has been asked for." if report is None else "It is chosen.")
        return redirect("admin:funding_informationrequest_change", pk)

    @one_effect("answer information request")
    def answer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows the tables that are chosen, or records the answer."""
        asked, at = self._answered_by(request, pk), arrived_at(request)
        form = request_pages.answer_form(asked, request.POST)
        if "see" in request.POST:
            return self._page(request, asked, form=request_pages.seen(asked, form))
        if not form.is_valid():
            return self._page(request, asked, form=form, status=422)
        said = form.cleaned_data
        try:
            answering.answer(
                asked,
                said["answer"],
                tables=said["tables"],
                exemptions=form.exemptions,
                fingerprint=said["fingerprint"],
                by=request.user,
                at=at,
            )
        except RequestRefused as refusal:
            if refusal.field:
                form.add_error(refusal.field, str(refusal))
                return self._page(request, asked, form=form, status=422)
            found = self._find(request, pk)
            return self._page(request, found, form=form, problems=[str(refusal)], status=409)
        messages.success(request, "The answer is recorded.")
        return redirect("admin:funding_informationrequest_change", pk)

    @one_effect("withdraw information request")
    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        asked, form = self._answered_by(request, pk), WithdrawRequestForm(request.POST)
        if not form.is_valid():
            return self._page(request, asked, withdraw_form=form, status=422)
        try:
            answering.withdraw(asked, form.cleaned_data["reason"], by=request.user, at=arrived_at(request))
        except RequestRefused as refusal:
            found = self._find(request, pk)
            return self._page(request, found, withdraw_form=form, problems=[str(refusal)], status=409)
        messages.success(request, "The request is withdrawn.")
        return redirect("admin:funding_informationrequest_change", pk)

    @one_effect("ask information request again")
    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The same question as of today, with a report that is compiled now."""
        asked, form = self._answered_by(request, pk), DueForm(request.POST)
        if not form.is_valid():
            return self._page(request, asked, due_form=form, status=422)
        due_on = form.cleaned_data["due_on"]
        try:
            made = entering.ask_again(asked, due_on=due_on, by=request.user, at=arrived_at(request))
        except RequestRefused as refusal:
            if refusal.field:
                form.add_error(refusal.field, str(refusal))
                return self._page(request, asked, due_form=form, status=422)
            return self._page(request, asked, problems=[str(refusal)], status=409)
        messages.success(request, "It is logged as received today. Its report is being compiled.")
        return redirect("admin:funding_informationrequest_change", made.pk)

    @one_effect("take over answer of information request")
    def as_view(self, request: HttpRequest, pk: int, earlier: int) -> HttpResponse:
        asked = self._answered_by(request, pk)
        before = get_object_or_404(InformationRequest.objects.visible_to(request.user), pk=earlier)
        try:
            answering.take_over(asked, before, by=request.user, at=arrived_at(request))
        except RequestRefused as refusal:
            return self._page(request, self._find(request, pk), problems=[str(refusal)], status=409)
        messages.success(request, f"It is answered as request {earlier} was. Its report is being compiled.")
        return redirect("admin:funding_informationrequest_change", pk)

    def table_view(self, request: HttpRequest, pk: int, table: str) -> HttpResponse:
        """A table of the request's report as CSV, whole, as the answer gives it."""
        asked, at = self._find(request, pk), arrived_at(request)
        given = withholding.given(asked, [table], london.day_of(at)).tables
        found = [one for one in given if one.name == table]
        if not found or asked.report is None or asked.report.as_of is None:
            raise Http404
        text = programme_report.table_as_csv(found[0])
        rows = ProgrammeReport.objects.filter(pk=asked.report.pk)
        chosen = {"information request": str(pk), "table": table}
        exporting.note("programme report", rows, as_="csv", filters=chosen, by=request.user, at=at)
        name = file_name(f"request-{pk}-{table}", "csv", asked.report.as_of)
        headers = {"Content-Disposition": content_disposition_header(True, name), "Cache-Control": "no-store"}
        return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)

    def _find(self, request: HttpRequest, pk: int) -> InformationRequest:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(InformationRequest.objects.visible_to(request.user).with_names(), pk=pk)

    def _answered_by(self, request: HttpRequest, pk: int) -> InformationRequest:
        """The request, for who may answer it."""
        asked = self._find(request, pk)
        if not request_pages.may_answer(asked, request.user):
            raise PermissionDenied
        return asked

    def _page(
        self, request: HttpRequest, asked: InformationRequest, *, status: int = 200, **given
    ) -> HttpResponse:
        today = london.day_of(arrived_at(request))
        return self._answered(
            request, "request", request_pages.of(asked, request.user, today, **given), status
        )

    def _answered(self, request: HttpRequest, template: str, context: dict, status: int) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        template = f"admin/funding/informationrequest/{template}.html"
        return TemplateResponse(request, template, context, status=status)


def _begun(request: HttpRequest) -> dict:
    """What the form begins with: a ready-made question, or the words that were looked for."""
    like = ready_made.BY_NAME.get(request.GET.get("like", ""))
    today = london.day_of(arrived_at(request))
    if like is not None:
        return {"received_on": today, "question": like.question, "tables": list(like.tables)}
    return {"received_on": today, "question": request.GET.get("words", "").strip()[:LOOKED_FOR]}
