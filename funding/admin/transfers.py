"""The ledger as staff read and search it: each transfer with its cause, as a list and as files."""

import tempfile

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG, SEARCH_VAR
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse

from accounts import exporting, london
from accounts.admin.days import Days
from accounts.admin.records import Record, VisibleChoices
from accounts.exports import csv_file, workbook
from accounts.exports.patience import unhurried
from accounts.templatetags.launchpad_format import pounds
from accounts.views.arrival import arrived_at
from funding.exports import transfers
from funding.models import Transfer

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("transfers.csv", view(self.csv_view), name="funding_transfer_csv"),
            path("transfers.xlsx", view(self.xlsx_view), name="funding_transfer_xlsx"),
            *super().get_urls(),
        ]

    def csv_view(self, request: HttpRequest) -> HttpResponseBase:
        return self._file(request, "csv")

    def xlsx_view(self, request: HttpRequest) -> HttpResponseBase:
        return self._file(request, "xlsx")

    def _file(self, request: HttpRequest, as_: str) -> HttpResponseBase:
        """The rows that are on the list as it is filtered and searched."""
        at = arrived_at(request)
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            rows = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            # As the list itself answers a filter that it does not know.
            return redirect(f"{reverse('admin:funding_transfer_changelist')}?{ERROR_FLAG}=1")
        chosen = {name: value for name, value in request.GET.items() if name != SEARCH_VAR}
        exporting.note("transfers", rows, as_=as_, filters=chosen, by=request.user, at=at)
        name = f"transfers-{at.astimezone(london.LONDON):%Y-%m-%d-%H%M}.{as_}"
        kept = {"Cache-Control": "no-store"}
        if as_ == "csv":
            headers = {**kept, "Content-Disposition": f'attachment; filename="{name}"'}
            blocks = csv_file.stream(rows, transfers.COLUMNS)
            return StreamingHttpResponse(blocks, content_type="text/csv; charset=utf-8", headers=headers)
        sheet = ("Transfers", transfers.COLUMNS, workbook.values(rows, transfers.COLUMNS))
        with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
            with unhurried():
                workbook.write(file.name, [sheet], as_of=at)
            # Stays readable for the answer after its name is gone.
            content = open(file.name, "rb")  # noqa: SIM115
        return FileResponse(content, as_attachment=True, filename=name, content_type=XLSX, headers=kept)
