"""Programme reports: asked for with a button, compiled by a worker; and the funding report's files."""

import io
import tempfile
from pathlib import Path
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from accounts import exporting
from accounts.exports import workbook
from accounts.models import Region, in_regions_of
from accounts.roles import held_by, held_in
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications.models import Competition
from funding.admin.funding_files import FundingFilePages
from funding.admin.funding_report import file_name
from funding.exports import programme_report, report_about, totals
from funding.models import READERS, ProgrammeReport
from funding.reports import cancelling, contents, failing, headline, programme, shown

#: By what is asked for, how the file's name ends and what it is.
FILES = {
    "pdf": ("pdf", "application/pdf"),
    "xlsx": ("xlsx", workbook.CONTENT_TYPE),
    "csv": ("zip", "application/zip"),
    "json": ("json", "application/json"),
}


@admin.register(ProgrammeReport)
class ProgrammeReportAdmin(FundingFilePages):
    list_display = ("__str__", "covers", "why", "standing", "requested_at", "as_of")
    list_filter = ("occasion", "state")
    list_select_related = ("competition", "region", "requested_by")
    ordering = ("-requested_at", "-pk")
    does = dict.fromkeys(sorted(READERS), "Compile a report, download the figures")
    change_list_template = "admin/funding/programmereport/list.html"

    def get_queryset(self, request):
        """Without the contents, of which one page shows one and a list none."""
        return super().get_queryset(request).defer("contents")

    @admin.display(description="covers", ordering="competition__code")
    def covers(self, report):
        return report.competition.code if report.competition else report.covers

    @admin.display(description="why", ordering="occasion")
    def why(self, report):
        return report.why

    @admin.display(description="state", ordering="state")
    def standing(self, report):
        return "Cancelled" if report.cancelled_by_id else report.get_state_display()

    def get_urls(self):
        view = self.admin_site.admin_view
        cancel = view(require_POST(self.cancel_view))
        return [
            path("<int:pk>/cancel/", cancel, name="funding_programmereport_cancel"),
            path("request/", view(self.request_view), name="funding_programmereport_request"),
            path("<int:pk>/file/", view(require_safe(self.file_view)), name="funding_programmereport_file"),
            *self.funding_report_urls(view),
            *self.saved_view_urls(view),
            *self.funding_file_urls(view),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        context = {
            "competitions": Competition.objects.run_by(request.user, READERS).order_by("code"),
            "regions": _regions(request),
            "may_ask_for_all": bool(held_in(request.user, None) & READERS),
            "has_demonstration": Competition.objects.filter(is_demonstration=True).exists(),
            "budgets": totals.rows(request.user),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    @one_effect("ask for programme report")
    def request_view(self, request: HttpRequest) -> HttpResponse:
        """The form's address, opened by itself, leads to the form."""
        if request.method != "POST":
            _check(request)
            return redirect("admin:funding_programmereport_changelist")
        at = arrived_at(request)
        competition, region, of_demonstration = _covered(request)
        try:
            report = programme.request(
                competition, region, of_demonstration=of_demonstration, by=request.user, at=at
            )
        except programme.NotAReader:
            raise PermissionDenied from None
        messages.success(request, "The report has been asked for.")
        return redirect("admin:funding_programmereport_change", report.pk)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        report = _report(request, int(object_id) if object_id.isascii() and object_id.isdecimal() else 0)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "report": report,
            "title": f"Programme report {report.pk}",
            "may_cancel": report.is_under_way and cancelling.may_cancel(report, request.user),
            "parts": len(programme.PARTS),
            "what_to_do": failing.what_to_do(report),
            "headlines": headline.of(report.figures) if report.figures else [],
            **_kept(report, request.GET.get("page", "1")),
        }
        return TemplateResponse(request, "admin/funding/programmereport/report.html", context)

    @one_effect("cancel programme report")
    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Also of a report that has ended meanwhile: the page then says so."""
        at, report = arrived_at(request), _report(request, pk)
        try:
            cancelling.cancel(report, by=request.user, at=at)
        except cancelling.NotTheirs:
            raise PermissionDenied from None
        except cancelling.HasEnded as refusal:
            messages.info(request, str(refusal))
        else:
            messages.success(request, "The report is cancelled.")
        return redirect("admin:funding_programmereport_change", pk)

    def file_view(self, request: HttpRequest, pk: int) -> FileResponse:
        """A compiled report as a file: ``?as=`` pdf, xlsx, csv (a zip) or json."""
        at = arrived_at(request)
        compiled = ProgrammeReport.objects.visible_to(request.user).exclude(contents="")
        report = get_object_or_404(compiled.select_related("competition", "region", "requested_by"), pk=pk)
        wanted = FILES.get(request.GET.get("as", ""))
        if wanted is None or report.as_of is None:
            raise Http404
        ending, kind = wanted
        exporting.note(
            "programme report",
            ProgrammeReport.objects.filter(pk=pk),
            as_=ending,
            filters={"report": str(pk)},
            by=request.user,
            at=at,
        )
        name = file_name(f"programme-report-{pk}", ending, report.as_of)
        kept = {"Cache-Control": "no-store"}
        content = io.BytesIO(_made(report, ending))
        return FileResponse(content, as_attachment=True, filename=name, content_type=kind, headers=kept)


def _kept(report: ProgrammeReport, page: str) -> dict[str, Any]:
    """What its page shows of the contents. ``page`` is that of its list of projects."""
    if not report.contents:
        return {"sections": [], "about": []}
    kept = contents.kept(report.contents)
    return {"sections": shown.shown(kept.sections, page), "about": report_about.of(report, kept.version)}


def _report(request: HttpRequest, pk: int) -> ProgrammeReport:
    visible = ProgrammeReport.objects.visible_to(request.user)
    return get_object_or_404(
        visible.select_related("competition", "region", "requested_by", "cancelled_by"), pk=pk
    )


def _made(report: ProgrammeReport, ending: str) -> bytes:
    if ending == "xlsx":
        with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
            programme_report.as_xlsx(report, file.name)
            return Path(file.name).read_bytes()
    return {"pdf": programme_report.as_pdf, "zip": programme_report.as_csv, "json": programme_report.as_json}[
        ending
    ](report)


def _check(request: HttpRequest) -> None:
    if not held_by(request.user) & READERS:
        raise PermissionDenied


def _competition(request: HttpRequest, given) -> Competition | None:
    code = given.get("competition", "")
    if not code:
        return None
    return get_object_or_404(Competition.objects.run_by(request.user, READERS), code=code)


def _regions(request: HttpRequest):
    """Those of which the person may ask for the figures."""
    return Region.objects.filter(in_regions_of(request.user, READERS, "pk")).order_by("name")


def _covered(request: HttpRequest) -> tuple[Competition | None, Region | None, bool]:
    """What the report asked for covers: one competition, one region, or neither for the whole programme;
    and whether it is the demonstration's part of it."""
    kind, _, code = request.POST.get("covers", "").partition(":")
    if kind in ("region", "demonstration"):
        region = get_object_or_404(_regions(request), code=code) if code or kind == "region" else None
        return None, region, kind == "demonstration"
    return _competition(request, {kind: code}), None, False
