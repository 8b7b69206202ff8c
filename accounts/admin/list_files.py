"""Every list of the office as a file: its columns, and its rows as filtered, searched and ordered."""

import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from html import unescape
from itertools import islice
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import display_for_field, label_for_field, lookup_field
from django.contrib.admin.views.main import ERROR_FLAG, PAGE_VAR, SEARCH_VAR
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from accounts import exporting
from accounts.admin.written import Written, on_the_wall
from accounts.exports import cells, workbook
from accounts.exports.cells import Cell
from accounts.exports.columns import Kind
from accounts.london import LONDON
from accounts.patience import unhurried
from accounts.views.arrival import arrived_at

#: Rows that are in hand at a time, and what belongs to them is asked for at once.
CHUNK = 500


class ListFiles:
    """For a class of the admin: ``list.csv`` and ``list.xlsx`` beside its list, and the buttons above it."""

    #: Why the rows stay on the page; a list without a reason is taken away as it is seen.
    kept_here = ""

    def get_urls(self):
        urls = super().get_urls()  # type: ignore[misc]
        if self.kept_here:
            return urls
        view, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"  # type: ignore[attr-defined]
        return [
            path("list.csv", view(require_safe(self.list_csv_view)), name=f"{name}_list_csv"),
            path("list.xlsx", view(require_safe(self.list_xlsx_view)), name=f"{name}_list_xlsx"),
            *urls,
        ]

    def completed(self, request: HttpRequest, rows: list[Any]) -> list[Any]:
        """The rows of a page or of a part of a file, with what their cells need: looked up together."""
        return rows

    def get_changelist_instance(self, request):
        page = super().get_changelist_instance(request)  # type: ignore[misc]
        page.result_list = self.completed(request, list(page.result_list))
        return page

    def list_csv_view(self, request: HttpRequest) -> HttpResponseBase:
        return self._list_file(request, "csv")

    def list_xlsx_view(self, request: HttpRequest) -> HttpResponseBase:
        return self._list_file(request, "xlsx")

    def _list_file(self, request: HttpRequest, as_: str) -> HttpResponseBase:
        at = arrived_at(request)
        if not self.has_view_or_change_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        try:
            rows = self.get_changelist_instance(request).queryset  # type: ignore[attr-defined]
        except IncorrectLookupParameters:
            # As the list itself answers a filter that it does not know.
            return redirect(f"{reverse(_list_of(self.opts))}?{ERROR_FLAG}=1")  # type: ignore[attr-defined]
        what = str(self.opts.verbose_name_plural)  # type: ignore[attr-defined]
        chosen = {name: value for name, value in request.GET.items() if name not in (SEARCH_VAR, PAGE_VAR)}
        exporting.note(what, rows, as_=as_, filters=chosen, by=request.user, at=at)  # type: ignore[arg-type]
        columns = self.get_list_display(request)  # type: ignore[attr-defined]
        headings = [_heading(self, one) for one in columns]
        name = f"{what.replace(' ', '-')}-{at.astimezone(LONDON):%Y-%m-%d-%H%M}.{as_}"
        found = self._list_cells(request, rows, columns)
        if as_ == "csv":
            return _csv(headings, found, name)
        return _xlsx(capfirst(what), headings, found, name, at)

    def _list_cells(
        self, request: HttpRequest, rows: QuerySet[Any], columns: Sequence[Any]
    ) -> Iterator[list[Cell]]:
        with unhurried():
            found = rows.iterator(chunk_size=CHUNK)
            while chunk := list(islice(found, CHUNK)):
                for row in self.completed(request, chunk):
                    yield [_cell(self, column, row) for column in columns]


def _list_of(opts) -> str:
    return f"admin:{opts.app_label}_{opts.model_name}_changelist"


def _csv(headings: Sequence[str], rows: Iterator[list[Cell]], name: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    blocks = cells.as_csv(headings, rows)
    return StreamingHttpResponse(blocks, content_type="text/csv; charset=utf-8", headers=headers)


def _xlsx(
    what: str, headings: Sequence[str], rows: Iterator[list[Cell]], name: str, at: datetime
) -> FileResponse:
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        workbook.write_cells(file.name, what, headings, rows, as_of=at)
        # Stays readable for the answer after its name is gone.
        content = open(file.name, "rb")  # noqa: SIM115
    headers = {"Cache-Control": "no-store"}
    return FileResponse(
        content, as_attachment=True, filename=name, content_type=workbook.CONTENT_TYPE, headers=headers
    )


def _heading(admin: Any, column: Any) -> str:
    return capfirst(str(label_for_field(column, admin.model, admin)))


def _cell(admin: ListFiles, column: Any, row: models.Model) -> Cell:
    """What the list shows in this place, as the value that it stands for."""
    try:
        field, attribute, value = lookup_field(column, row, admin)
    except ObjectDoesNotExist:
        return Kind.TEXT, None
    if field is None:
        return _valued(value, is_yes_or_no=getattr(attribute, "boolean", False))
    if isinstance(field.remote_field, models.ManyToOneRel):
        found = getattr(row, field.name)
        return Kind.TEXT, None if found is None else str(found)
    if getattr(field, "flatchoices", None):
        return Kind.TEXT, str(display_for_field(value, field, ""))
    return _valued(value, is_yes_or_no=isinstance(field, models.BooleanField))


def _valued(value: Any, *, is_yes_or_no: bool) -> Cell:
    if isinstance(value, Written):
        return value.cell
    if value is None or value == "":
        return Kind.TEXT, None
    if isinstance(value, bool):
        return Kind.TEXT, ("Yes" if value else "No")
    if isinstance(value, datetime):
        return Kind.MOMENT, on_the_wall(value)
    if isinstance(value, date):
        return Kind.DAY, value
    if isinstance(value, int):
        return Kind.COUNT, value
    if isinstance(value, Decimal):
        return Kind.NUMBER, value
    if isinstance(value, (list, tuple)):
        return Kind.TEXT, ", ".join(map(str, value))
    return Kind.TEXT, unescape(strip_tags(value)) if hasattr(value, "__html__") else str(value)
