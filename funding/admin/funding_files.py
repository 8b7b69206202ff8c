"""Files of the funding report that are kept: asked for on its page, watched, downloaded, discarded."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from accounts.exports import workbook
from accounts.views import byte_ranges
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from funding.admin.funding_report import asked, check, file_name
from funding.admin.saved_views import SavedViewPages
from funding.exports import file_blocks
from funding.models import FileKind, FundingFile
from funding.reports import funding_files

CONTENT_TYPES = {
    FileKind.CSV: "text/csv; charset=utf-8",
    FileKind.XLSX: workbook.CONTENT_TYPE,
    FileKind.JSONL: "application/jsonl",
}


class FundingFilePages(SavedViewPages):
    def funding_file_urls(self, view) -> list:
        at = "funding-report/files"
        discard, download = view(require_POST(self.discard_view)), view(require_safe(self.download_view))
        return [
            path(f"{at}/ask/", view(self.ask_view), name="funding_fundingfile_ask"),
            path(f"{at}/<int:pk>/", view(require_safe(self.kept_file_view)), name="funding_fundingfile_open"),
            path(f"{at}/<int:pk>/discard/", discard, name="funding_fundingfile_discard"),
            path(f"{at}/<int:pk>/download/", download, name="funding_fundingfile_download"),
        ]

    @one_effect("ask for funding file")
    def ask_view(self, request: HttpRequest) -> HttpResponse:
        """The form's address, opened by itself, leads to the form."""
        if request.method != "POST":
            check(request)
            return redirect("admin:funding_report")
        at, form = arrived_at(request), asked(request, request.POST)
        if not form.is_valid():
            return self._refused(request, form)
        if (kind := request.POST.get("kind")) not in FileKind.values:
            return self._page(request, form, unasked="Choose what kind of file it is to be", status=422)
        try:
            file = funding_files.ask(form.query(), FileKind(kind), by=request.user, at=at)
        except funding_files.TooMany as refusal:
            return self._page(request, form, unasked=str(refusal), status=422)
        messages.success(request, "The file has been asked for.")
        return redirect("admin:funding_fundingfile_open", file.pk)

    def kept_file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        at, file = arrived_at(request), _file(request, pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Funding report, file {file.pk}",
            "file": file,
            "is_at_hand": file.is_at_hand(at),
        }
        return TemplateResponse(request, "admin/funding/programmereport/funding_file.html", context)

    @one_effect("discard funding file")
    def discard_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Also of one that has ended meanwhile, which the page then says, and of one that its owner may not
        open any more: it takes room until then."""
        check(request)
        at, file = arrived_at(request), get_object_or_404(FundingFile.objects.own_of(request.user), pk=pk)
        try:
            funding_files.discard(file, by=request.user, at=at)
        except funding_files.HasEnded as refusal:
            messages.info(request, str(refusal))
        else:
            messages.success(
                request, "The file is cancelled." if file.is_under_way else "The file is deleted."
            )
        if not FundingFile.objects.visible_to(request.user).filter(pk=pk).exists():
            return redirect("admin:funding_report")
        return redirect("admin:funding_fundingfile_open", pk)

    def download_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        return download(request, pk, arrived_at(request))


def download(request: HttpRequest, pk: int, at: datetime) -> HttpResponseBase:
    """The file, or the part of it that is asked for. Who may see it is asked each time."""
    file = FundingFile.objects.visible_to(request.user).at_hand(at).filter(pk=pk).first()
    if file is None or file.as_of is None:
        raise Http404

    def read(part: byte_ranges.Part):
        funding_files.note_download(file, part.first, by=request.user, at=at)
        return file_blocks.read(file, part.first, part.last)

    name = file_name(f"funding-report-{file.pk}", file.kind, file.as_of)
    headers = {
        "Content-Type": CONTENT_TYPES[FileKind(file.kind)],
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return byte_ranges.answer(
        request, read, size=file.size, fingerprint=file.fingerprint, as_of=file.as_of, headers=headers
    )


def _file(request: HttpRequest, pk: int) -> FundingFile:
    check(request)
    return get_object_or_404(FundingFile.objects.visible_to(request.user), pk=pk)
