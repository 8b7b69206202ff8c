"""Views of the funding report that are kept by name: opened, kept, shared and deleted on its page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from funding.admin.funding_report import REFUSED, FundingReportPages, asked, check
from funding.forms.saved_view import KeepViewForm
from funding.models import SavedView
from funding.reports import saved_views


class SavedViewPages(FundingReportPages):
    def saved_view_urls(self, view) -> list:
        at = "funding-report/views"
        share, remove = (view(require_POST(one)) for one in (self.share_view, self.remove_view))
        return [
            path(f"{at}/keep/", view(self.keep_view), name="funding_savedview_keep"),
            path(f"{at}/<int:pk>/", view(require_safe(self.open_view)), name="funding_savedview_open"),
            path(f"{at}/<int:pk>/share/", share, name="funding_savedview_share"),
            path(f"{at}/<int:pk>/remove/", remove, name="funding_savedview_remove"),
        ]

    def open_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Leads to the report as it was kept; says so where part of that cannot be chosen any more."""
        view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
        form = asked(request, QueryDict(view.query))
        if not form.is_valid():
            return self._refused(request, form, named=view.name)
        if form.query() != view.query:
            messages.warning(
                request, f"Part of what the view “{view.name}” chose is not there any more and is left out."
            )
        return redirect(_report(form.query()))

    @one_effect("keep funding view")
    def keep_view(self, request: HttpRequest) -> HttpResponse:
        """The form's address, opened by itself, leads to the form."""
        if request.method != "POST":
            check(request)
            return redirect("admin:funding_report")
        at = arrived_at(request)
        form, keep = asked(request, request.POST), KeepViewForm(request.POST)
        if not (form.is_valid() & keep.is_valid()):
            return self._kept_not(request, form, keep)
        name, is_shared = keep.cleaned_data["name"], keep.cleaned_data["is_shared"]
        try:
            saved_views.keep(name, form.query(), is_shared=is_shared, by=request.user, at=at)
        except saved_views.TooMany as refusal:
            keep.add_error("name", str(refusal))
            return self._kept_not(request, form, keep)
        messages.success(request, f"The view is kept as “{name}”.")
        return redirect(_report(form.query()))

    @one_effect("set sharing of funding view")
    def share_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        at, view = arrived_at(request), _own(request, pk)
        is_shared = request.POST.get("share") == "yes"
        saved_views.set_sharing(view, is_shared, by=request.user, at=at)
        text = f"“{view.name}” is shared." if is_shared else f"“{view.name}” is not shared any more."
        messages.success(request, text)
        return redirect("admin:funding_report")

    @one_effect("delete funding view")
    def remove_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        at, view = arrived_at(request), _own(request, pk)
        saved_views.delete(view, by=request.user, at=at)
        messages.success(request, f"The view “{view.name}” is deleted.")
        return redirect("admin:funding_report")

    def _kept_not(self, request, form, keep: KeepViewForm) -> HttpResponse:
        if form.is_valid():
            return self._page(request, form, keep, status=REFUSED)
        return self._refused(request, form, keep)


def _own(request: HttpRequest, pk: int) -> SavedView:
    check(request)
    return get_object_or_404(SavedView.objects.own_of(request.user), pk=pk)


def _report(query: str) -> str:
    address = reverse("admin:funding_report")
    return f"{address}?{query}" if query else address
