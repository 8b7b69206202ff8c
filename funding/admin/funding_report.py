"""The funding report: a page of chosen rows and columns, and the same as CSV, XLSX or JSON Lines."""

import tempfile
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_safe

from accounts import exporting, formats
from accounts.admin.records import Record
from accounts.exports import csv_file, json_lines, workbook
from accounts.exports.columns import Column, Kind
from accounts.london import LONDON
from accounts.models import Region, in_regions_of
from accounts.patience import of_one_moment
from accounts.roles import held_by
from accounts.views.arrival import arrived_at
from applications.models import Competition
from funding.exports import totals
from funding.exports.funding_view import View
from funding.forms.funding_view import FundingViewForm
from funding.forms.saved_view import KeepViewForm
from funding.models import READERS, FileKind, FundingFile, SavedView
from funding.reports import funding_files

ON_A_PAGE = 50
REFUSED = 422
#: Above so many rows the page offers a file that is kept first: its download goes on where it broke off.
MANY = 10_000
#: So many of a person's files are listed: all that there may be at a time, and some that have ended.
LISTED = 2 * funding_files.MOST


class FundingReportPages(Record):
    """Pages of the reports' admin about the rows of all awards."""

    def funding_report_urls(self, view) -> list:
        return [
            path("funding-report/", view(require_safe(self.funding_report_view)), name="funding_report"),
            path("funding-report.csv", view(require_safe(self.csv_view)), name="funding_report_csv"),
            path("funding-report.xlsx", view(require_safe(self.xlsx_view)), name="funding_report_xlsx"),
            path("funding-report.jsonl", view(require_safe(self.json_view)), name="funding_report_jsonl"),
            path("funding-totals.csv", view(require_safe(self.totals_view)), name="funding_totals_csv"),
        ]

    def funding_report_view(self, request: HttpRequest) -> HttpResponse:
        form = asked(request, request.GET)
        return self._page(request, form) if form.is_valid() else self._refused(request, form)

    def csv_view(self, request: HttpRequest) -> HttpResponseBase:
        at, form = arrived_at(request), asked(request, request.GET)
        if not form.is_valid():
            return self._refused(request, form)
        view = form.view()
        # To count very many rows takes longer than a first byte should: the headings are nobody's data.
        note = partial(_noted, request, view, "csv", at)
        blocks = csv_file.stream(view.rows(request.user), view.shown(), before_rows=note)
        return _stream(blocks, "text/csv; charset=utf-8", "funding-report", "csv", at)

    def json_view(self, request: HttpRequest) -> HttpResponseBase:
        at, form = arrived_at(request), asked(request, request.GET)
        if not form.is_valid():
            return self._refused(request, form)
        view = form.view()
        blocks = json_lines.stream(_noted(request, view, "jsonl", at), view.shown())
        return _stream(blocks, "application/jsonl", "funding-report", "jsonl", at)

    def xlsx_view(self, request: HttpRequest) -> HttpResponseBase:
        at, form = arrived_at(request), asked(request, request.GET)
        if not form.is_valid():
            return self._refused(request, form)
        view = form.view()
        rows, columns = _noted(request, view, "xlsx", at), view.shown()
        sheets = [
            ("Awards", columns, workbook.values(rows, columns)),
            ("Totals", totals.COLUMNS_OF_ROWS, totals.of_rows(rows, request.user)),
        ]
        with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
            # Or the totals would count awards that have come since the rows beside them were read.
            with of_one_moment() as as_of:
                workbook.write(file.name, sheets, as_of=as_of)
            # Stays readable for the answer after its name is gone.
            content = open(file.name, "rb")  # noqa: SIM115
        name = file_name("funding-report", "xlsx", at)
        kept = {"Cache-Control": "no-store"}
        return FileResponse(
            content, as_attachment=True, filename=name, content_type=workbook.CONTENT_TYPE, headers=kept
        )

    def totals_view(self, request: HttpRequest) -> StreamingHttpResponse:
        at = arrived_at(request)
        check(request)
        rows = totals.rows(request.user)
        exporting.note("funding totals", rows, as_="csv", filters={}, by=request.user, at=at)
        blocks = csv_file.stream(rows, totals.COLUMNS)
        return _stream(blocks, "text/csv; charset=utf-8", "funding-totals", "csv", at)

    def _page(
        self,
        request: HttpRequest,
        form: FundingViewForm,
        keep: KeepViewForm | None = None,
        unasked: str = "",
        status=200,
    ) -> HttpResponse:
        """``unasked`` is why no file could be asked for."""
        view = form.view()
        columns = view.shown()
        pages = Paginator(_values(view, request.user), ON_A_PAGE)
        live = totals.live(view.rows(request.user))
        page = pages.get_page(request.GET.get("page"))
        context = {
            "columns": columns,
            "rows": [[_cell(*cell) for cell in zip(columns, row, strict=True)] for row in page],
            "page": page,
            "are_many": page.paginator.count > MANY,
            "kinds": FileKind,
            "unasked": unasked,
            "live": live.get(False),
            "live_of_demonstration": live.get(True),
            "without": "" if view.of else "&".join(filter(None, [form.query(), "of=demonstration"])),
            "query": form.query(),
            "keep": keep or KeepViewForm(),
        }
        return self._shown(request, form, context, status=status)

    def _refused(
        self, request: HttpRequest, form: FundingViewForm, keep: KeepViewForm | None = None, named: str = ""
    ) -> HttpResponse:
        """``named`` is the view that asked for it, where it was kept by name."""
        return self._shown(request, form, {"keep": keep, "named": named}, status=REFUSED)

    def _shown(self, request: HttpRequest, form: FundingViewForm, more: dict, status=200) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Funding report",
            "form": form,
            "files": FundingFile.objects.listed(request.user, arrived_at(request))[:LISTED],
            "chosen": _sent(form),
            "own": SavedView.objects.own_of(request.user).order_by("name"),
            "shared": SavedView.objects.visible_to(request.user)
            .exclude(kept_by=request.user)
            .select_related("kept_by")
            .order_by("name", "pk"),
            **more,
        }
        template = "admin/funding/programmereport/funding_report.html"
        return TemplateResponse(request, template, context, status=status)


def asked(request: HttpRequest, chosen: QueryDict) -> FundingViewForm:
    """Only what the person may see can be chosen."""
    check(request)
    competitions = Competition.objects.run_by(request.user, READERS).order_by("code")
    regions = Region.objects.filter(in_regions_of(request.user, READERS, "pk")).order_by("name")
    return FundingViewForm(
        chosen,
        competitions=competitions.values_list("code", flat=True),
        regions=regions.values_list("code", "name"),
    )


def _sent(form: FundingViewForm) -> list[tuple[str, str]]:
    """What was chosen, right or wrong, to be sent along where the view is kept; also where nothing was."""
    filters = [(name, form.data.get(name, "")) for name in form.fields if name != "columns"]
    return [*filters, *(("columns", name) for name in form["columns"].data)]


def check(request: HttpRequest) -> None:
    if not held_by(request.user) & READERS:
        raise PermissionDenied


def _values(view: View, user):
    named = {column.name: column.value for column in view.shown()}
    return view.rows(user).annotate(**named).values_list(*named)


def _cell(column: Column, value: Any) -> dict[str, Any]:
    """How a value is read on the page: "£40,000", "1 June 2026"."""
    text = "" if value is None else str(value)
    if value is not None and column.kind is Kind.MONEY:
        text = formats.pounds(value)
    elif value is not None and column.kind is Kind.DAY:
        text = formats.local_day(value)
    return {"heading": column.heading, "text": text, "is_number": column.kind in (Kind.MONEY, Kind.NUMBER)}


def _noted(request: HttpRequest, view: View, as_: str, at: datetime):
    rows = view.rows(request.user)
    exporting.note("funding report", rows, as_=as_, filters=view.facts(), by=request.user, at=at)
    return rows


def _stream(
    blocks: Iterator[bytes], kind: str, name: str, ending: str, at: datetime
) -> StreamingHttpResponse:
    headers = {
        "Content-Disposition": f'attachment; filename="{file_name(name, ending, at)}"',
        "Cache-Control": "no-store",
    }
    return StreamingHttpResponse(blocks, content_type=kind, headers=headers)


def file_name(name: str, ending: str, at: datetime) -> str:
    return f"{name}-{at.astimezone(LONDON):%Y-%m-%d-%H%M}.{ending}"
