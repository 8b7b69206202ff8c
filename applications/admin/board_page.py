"""The board: how far the assessment of a competition is, when it is due, and who is reminded."""

import re
from datetime import datetime

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin import site as admin_site
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.http import require_safe

from accounts import exporting
from accounts.exports import csv_file
from accounts.formats import local_time
from accounts.london import LONDON
from accounts.roles import Role, held_by, held_in
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications.assessment import apart, board, due
from applications.exports import board as exports
from applications.forms.due import DueForm
from applications.models import READERS, Assessment, Competition

#: Applications on one page.
EACH = 100


def find(request: HttpRequest, pk: int) -> Competition:
    if not held_by(request.user) & READERS:
        raise PermissionDenied
    return get_object_or_404(Competition.objects.run_by(request.user, READERS), pk=pk)


@require_safe
def as_csv(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One table of the page, as it is filtered: the applications, or with ``?by=assessor`` the assessors."""
    at, competition = arrived_at(request), find(request, pk)
    if request.GET.get("by") == "assessor":
        people = board.by_assessor(competition, at)
        _note(request, competition, people, "csv", at, by="assessor")
        blocks = csv_file.stream(people, exports.BY_ASSESSOR)
    else:
        rows = board.applications(competition, at, _chosen(request))
        _note(request, competition, rows, "csv", at)
        blocks = csv_file.stream(rows, exports.BY_APPLICATION)
    return StreamingHttpResponse(
        blocks,
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{_file_name(competition, at)}.csv"',
            "Cache-Control": "no-store",
        },
    )


@require_safe
def as_xlsx(request: HttpRequest, pk: int) -> HttpResponseBase:
    at, competition = arrived_at(request), find(request, pk)
    rows = board.applications(competition, at, _chosen(request))
    _note(request, competition, rows, "xlsx", at)
    return FileResponse(
        exports.as_workbook(rows, board.by_assessor(competition, at), at),
        as_attachment=True,
        filename=f"{_file_name(competition, at)}.xlsx",
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Cache-Control": "no-store"},
    )


def _chosen(request: HttpRequest) -> str:
    """The filter of the page; one that there is not is none."""
    only = request.GET.get("only", "")
    return only if only in board.FILTERS else ""


def _note(request: HttpRequest, competition: Competition, rows, as_: str, at: datetime, **more: str) -> None:
    chosen = {"competition": competition.code, "only": _chosen(request), **more}
    chosen = {name: value for name, value in chosen.items() if value}
    exporting.note("progress of assessment", rows, as_=as_, filters=chosen, by=request.user, at=at)


def _file_name(competition: Competition, at: datetime) -> str:
    code = re.sub(r"[^A-Za-z0-9.-]+", "-", competition.code)
    return f"progress-{code}-{at.astimezone(LONDON):%Y-%m-%d-%H%M}"


@method_decorator(one_effect("see to what is due"), name="dispatch")
class BoardPage(View):
    site: AdminSite = admin_site

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, find(request, pk))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        competition = find(request, pk)
        if Role.MANAGER not in held_in(request.user, competition.region_id):
            raise PermissionDenied
        if "remind" in request.POST:
            return self._remind(request, competition)
        form = DueForm(request.POST)
        if form.is_valid():
            try:
                set_ = due.set_due(
                    competition, form.cleaned_data["due_at"], by=request.user, at=arrived_at(request)
                )
            except due.DueRefused as refusal:
                form.add_error("due_at", str(refusal))
            else:
                messages.success(request, f"Assessments are due at {local_time(set_.assessments_due_at)}.")
                return redirect("admin:applications_competition_board", pk)
        return self._page(request, competition, form=form, status=422)

    def _remind(self, request: HttpRequest, competition: Competition) -> HttpResponse:
        try:
            number = due.remind_late(competition, by=request.user, at=arrived_at(request))
        except due.DueRefused as refusal:
            messages.error(request, str(refusal))
            return self._page(request, competition, status=422)
        if number:
            people = "1 assessor is" if number == 1 else f"{number} assessors are"
            messages.success(request, f"{people} reminded.")
        else:
            messages.info(request, "Everybody who is late has been reminded today already.")
        return redirect("admin:applications_competition_board", competition.pk)

    def _page(self, request, competition: Competition, *, form: DueForm | None = None, status=200):
        at = arrived_at(request)
        only = _chosen(request)
        lines = board.assessors(competition, at)
        pages = Paginator(board.applications(competition, at, only), EACH)
        context = {
            **self.site.each_context(request),
            "title": f"Progress of assessment: {competition.code}",
            "opts": Assessment._meta,
            "competition": competition,
            "columns": [name for name, _ in board.COLUMNS.values()] + ["Overdue"],
            "lines": lines,
            "total": board.total(lines),
            "page": pages.get_page(request.GET.get("page")),
            "only": only,
            "filters": board.FILTERS,
            "to_replace": apart.to_replace(request.user).filter(application__competition=competition),
            "may_manage": Role.MANAGER in held_in(request.user, competition.region_id),
            "is_late": competition.assessments_due_at and competition.assessments_due_at <= at,
            "form": form or DueForm(initial={"due_at": competition.assessments_due_at}),
        }
        return TemplateResponse(request, "admin/applications/competition/board.html", context, status=status)
