"""Organisations as the office reads them, and the page on which an administrator merges two into one."""

from collections.abc import Iterable

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path

from accounts import company_number, merging, settling
from accounts.admin.records import Record
from accounts.forms.membership_request import MergingForm
from accounts.models import Organisation
from accounts.roles import Role, held_by
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect

#: So many are offered to merge into.
OFFERED = 20


@admin.register(Organisation)
class OrganisationAdmin(Record):
    list_display = ("name", "company_number", "kind", "size", "postcode", "details_confirmed_on")
    list_filter = ("kind", "size")
    search_fields = ("name", "company_number", "postcode")
    ordering = ("name", "pk")
    fields = (
        "name",
        "company_number",
        "kind",
        "size",
        "address",
        "postcode",
        "details_confirmed_on",
        "merged_into",
    )
    does = {Role.ADMINISTRATOR: "Merge two that are the same company"}
    change_form_template = "admin/accounts/organisation/organisation.html"

    def get_urls(self):
        merge = self.admin_site.admin_view(self.merge_view)
        return [path("<int:pk>/merge/", merge, name="accounts_organisation_merge"), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        may_merge = bool(held_by(request.user) & settling.SETTLERS)
        context = {**(extra_context or {}), "may_merge": may_merge}
        return super().change_view(request, object_id, form_url, context)

    @one_effect("merge organisations")
    def merge_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not held_by(request.user) & settling.SETTLERS:
            raise PermissionDenied
        emptied = get_object_or_404(self.get_queryset(request), pk=pk)
        if request.method != "POST":
            return self._page(request, emptied, MergingForm(), self._chosen(request, request.GET.get("into")))
        form = MergingForm(request.POST)
        kept = self._chosen(request, request.POST.get("kept"))
        if kept is None or not form.is_valid():
            return self._page(request, emptied, form, kept, status=422)
        try:
            merging.merge(
                emptied, kept, reason=form.cleaned_data["reason"], by=request.user, at=arrived_at(request)
            )
        except (settling.NotASettler, settling.OwnOrganisation) as refusal:
            return self._page(request, emptied, form, kept, problems=[str(refusal)], status=403)
        except settling.SettlingRefused as refusal:
            return self._page(request, emptied, form, kept, problems=[str(refusal)], status=409)
        messages.success(request, f"{emptied} is merged: everything is with {kept} now.")
        return redirect("admin:accounts_organisation_change", kept.pk)

    def _chosen(self, request: HttpRequest, pk: str | None) -> Organisation | None:
        is_id = bool(pk) and pk.isascii() and pk.isdecimal() and len(pk) < 19
        return self.get_queryset(request).filter(pk=int(pk)).first() if is_id else None

    def _page(
        self,
        request: HttpRequest,
        emptied: Organisation,
        form: MergingForm,
        kept: Organisation | None,
        *,
        problems: Iterable[str] = (),
        status: int = 200,
    ) -> HttpResponse:
        sought = request.GET.get("q", "").strip()[:200]
        clashes = merging.clashes(emptied, kept) if kept else []
        context = {
            **self.admin_site.each_context(request),
            "title": f"Merge {emptied} into another",
            "opts": self.opts,
            "emptied": emptied,
            "kept": kept,
            "form": form,
            "sought": sought,
            "offered": self._offered(request, emptied, sought),
            "clashes": clashes,
            "moves": merging.what_moves(emptied),
            "warnings": merging.warnings(emptied, kept) if kept and not clashes else [],
            "problems": problems,
            "members": [
                (one, one.memberships.select_related("person").order_by("person__name", "pk"))
                for one in (emptied, kept)
                if one
            ],
        }
        return TemplateResponse(request, "admin/accounts/organisation/merge.html", context, status=status)

    def _offered(self, request: HttpRequest, emptied: Organisation, sought: str) -> Iterable[Organisation]:
        """Those that the words name; without words, those of about the same name."""
        rows = (
            self.get_queryset(request).filter(merged_into=None).exclude(pk=emptied.pk).order_by("name", "pk")
        )
        try:
            by_number = rows.filter(company_number=company_number.normalise(sought))
        except company_number.NotACompanyNumber:
            by_number = rows.none()
        words = sought or " ".join(emptied.name.split()[:2])
        return list(by_number) or rows.filter(name__icontains=words)[:OFFERED]
