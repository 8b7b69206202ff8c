"""Open data: what would be published and what is held back, publishing it, and the embargo of awards."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST

from accounts import london
from accounts.admin.records import Record
from accounts.roles import Role, held_by
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications.models import Competition
from funding import duties
from funding.exports import open_data
from funding.forms.open_data import EmbargoForm, PublishForm, WithdrawPublicationForm
from funding.models import Award, OpenDataPublication
from funding.open_data import embargo, publishing, standing
from funding.subsidy import database

PREVIEWS = {
    False: "admin:funding_opendatapublication_preview",
    True: "admin:funding_opendatapublication_preview_demonstration",
}


@admin.register(OpenDataPublication)
class OpenDataPublicationAdmin(Record):
    list_display = ("as_of", "what", "state", "published_by")
    list_filter = ("of_demonstration",)
    list_select_related = ("withdrawal", "published_by")
    search_fields = ("reason",)
    ordering = ("-pk",)
    change_list_template = "admin/funding/opendatapublication/list.html"
    does = {
        Role.FUNDS: "Publish what may be known of awards",
        Role.MANAGER: "Withdraw what was published of awards",
    }

    def get_queryset(self, request):
        return super().get_queryset(request).defer("contents")

    @admin.display(description="publication", ordering="pk")
    def what(self, publication):
        kind = " of the demonstration" if publication.of_demonstration else ""
        return f"Number {publication.pk}{kind}"

    @admin.display(description="state")
    def state(self, publication):
        return "Withdrawn" if hasattr(publication, "withdrawal") else "Public"

    def get_urls(self):
        view, name = self.admin_site.admin_view, "funding_opendatapublication"
        real, invented = {"of_demonstration": False}, {"of_demonstration": True}
        withdraw = view(require_POST(self.withdraw_view))
        return [
            path("preview/", view(self.preview_view), real, name=f"{name}_preview"),
            path(
                "preview/demonstration/",
                view(self.preview_view),
                invented,
                name=f"{name}_preview_demonstration",
            ),
            path("embargo/<str:code>/", view(self.embargo_view), name=f"{name}_embargo"),
            path("<int:pk>/withdraw/", withdraw, name=f"{name}_withdraw"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        about = {"entries": database.seen_by(request.user).count()}
        return super().changelist_view(request, {**about, **(extra_context or {})})

    @one_effect("publish open data")
    def preview_view(self, request: HttpRequest, of_demonstration: bool) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._preview(request, of_demonstration, None)
        if not request.user.roles_in(None) & duties.PUBLISH:
            raise PermissionDenied
        form = PublishForm(request.POST)
        if not form.is_valid():
            return self._preview(request, of_demonstration, form, status=422)
        said = form.cleaned_data
        try:
            made = publishing.publish(
                said["reason"],
                said["seen"],
                sizes=open_data.sizes,
                of_demonstration=of_demonstration,
                by=request.user,
                at=arrived_at(request),
            )
        except publishing.PublicationRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
            return self._preview(request, of_demonstration, form, status=422 if refusal.field else 409)
        messages.success(request, "It is published.")
        return redirect("admin:funding_opendatapublication_change", made.pk)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        is_id = object_id.isascii() and object_id.isdecimal() and len(object_id) < 19
        return self._page(request, self._find(request, int(object_id) if is_id else 0))

    @one_effect("withdraw open data")
    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not held_by(request.user) & duties.TAKE_BACK_PUBLISHED:
            raise PermissionDenied
        publication, form = self._find(request, pk), WithdrawPublicationForm(request.POST)
        if not form.is_valid():
            return self._page(request, publication, form, status=422)
        try:
            publishing.withdraw(
                publication, form.cleaned_data["reason"], by=request.user, at=arrived_at(request)
            )
        except duties.RoleMissing as refusal:
            raise PermissionDenied from refusal
        except publishing.PublicationRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
            return self._page(request, self._find(request, pk), form, status=422 if refusal.field else 409)
        messages.success(request, "It is withdrawn: its addresses give nothing any more.")
        return redirect("admin:funding_opendatapublication_change", pk)

    @one_effect("set publicity embargo")
    def embargo_view(self, request: HttpRequest, code: str) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        competition = get_object_or_404(
            Competition.objects.filter(
                pk__in=Award.objects.visible_to(request.user).values("application__competition")
            ).select_related("region"),
            code=code,
        )
        awards = embargo.of(competition)
        if request.method != "POST":
            return self._embargo(request, competition, awards)
        if not request.user.roles_in(competition.region_id) & duties.PUBLISH:
            raise PermissionDenied
        form = EmbargoForm(awards, request.POST)
        if not form.is_valid():
            return self._embargo(request, competition, awards, form, status=422)
        said, at = form.cleaned_data, arrived_at(request)
        until = {"lifted": london.day_of(at), "until": said["until"], "held": None}[said["embargo"]]
        chosen = [award for award in awards if str(award.pk) in said["awards"]]
        try:
            embargo.set_until(competition, chosen, until, said["reason"], by=request.user, at=at)
        except embargo.EmbargoRefused as refusal:
            form.add_error(refusal.field, str(refusal))
            return self._embargo(request, competition, embargo.of(competition), form, status=422)
        messages.success(request, "The embargo is set. The next publication goes by it.")
        return redirect("admin:funding_opendatapublication_embargo", competition.code)

    def _find(self, request: HttpRequest, pk: int) -> OpenDataPublication:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = OpenDataPublication.objects.visible_to(request.user)
        related = ("published_by", "withdrawal__withdrawn_by")
        return get_object_or_404(rows.select_related(*related), pk=pk)

    def _answer(self, request: HttpRequest, template: str, context: dict, status: int) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        template = f"admin/funding/opendatapublication/{template}.html"
        return TemplateResponse(request, template, context, status=status)

    def _preview(
        self, request: HttpRequest, of_demonstration: bool, form: PublishForm | None, *, status: int = 200
    ) -> HttpResponse:
        found = publishing.preview(request.user, of_demonstration=of_demonstration, at=arrived_at(request))
        form = form or PublishForm()
        # What is shown now is what a press agrees to, also after a refusal.
        form.fields["seen"].initial = found.fingerprint
        context = {
            "title": "Preview of open data" + (", demonstration" if of_demonstration else ""),
            "found": found,
            "fields": open_data.FIELDS,
            "rows": [(one, open_data.cells(one.known.grant)) for one in found.shown],
            "differs": any(one.difference for one in found.shown),
            "held": _by_competition(found.held),
            "competitions": _competitions(found),
            "of_demonstration": of_demonstration,
            "form": form,
            "may_publish": bool(request.user.roles_in(None) & duties.PUBLISH),
        }
        return self._answer(request, "preview", context, status)

    def _page(
        self,
        request: HttpRequest,
        publication: OpenDataPublication,
        form: WithdrawPublicationForm | None = None,
        *,
        status: int = 200,
    ) -> HttpResponse:
        is_gone = hasattr(publication, "withdrawal")
        context = {
            "title": f"Publication {publication.pk}",
            "publication": publication,
            "is_gone": is_gone,
            "grants": publication.grants.count(),
            "files": list(open_data.WRITERS),
            "form": form or WithdrawPublicationForm(),
            "may_withdraw": not is_gone and bool(request.user.roles_in(None) & duties.TAKE_BACK_PUBLISHED),
        }
        return self._answer(request, "publication", context, status)

    def _embargo(
        self,
        request: HttpRequest,
        competition: Competition,
        awards: list[Award],
        form: EmbargoForm | None = None,
        *,
        status: int = 200,
    ) -> HttpResponse:
        today = london.day_of(arrived_at(request))
        context = {
            "title": f"Publicity embargo: {competition.code}",
            "competition": competition,
            "awards": [(award, standing.embargo(award.embargo_until, today)) for award in awards],
            "form": form or EmbargoForm(awards),
            "preview": PREVIEWS[competition.is_demonstration],
            "may_set": bool(request.user.roles_in(competition.region_id) & duties.PUBLISH),
        }
        return self._answer(request, "embargo", context, status)


def _by_competition(held: list[standing.HeldBack]) -> list[tuple[Competition, list[standing.HeldBack]]]:
    found: dict[int, tuple[Competition, list[standing.HeldBack]]] = {}
    for one in held:
        competition = one.share.award.application.competition
        found.setdefault(competition.pk, (competition, []))[1].append(one)
    return list(found.values())


def _competitions(found: publishing.Preview) -> list[Competition]:
    """Those of all awards on the page, for the links to their embargo."""
    shares = [one.known.share for one in found.shown] + [one.share for one in found.held]
    rows = {share.award.application.competition for share in shares}
    return sorted(rows, key=lambda one: one.code)
