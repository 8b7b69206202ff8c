"""Working an organisation's size out from its accounts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views import View

from accounts import organisations, sizes
from accounts.company_size import THRESHOLDS, Band
from accounts.forms import conflict
from accounts.forms.size import SizeForm, as_shown
from accounts.models import Organisation, SizeFigures
from accounts.versions import StaleVersion
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from accounts.views.organisation import ApplicantRequired
from accounts.views.sign_in import REFUSED

CONFLICT = 409


@method_decorator(one_effect("work out size", edits=True), name="dispatch")
class WorkOutSize(ApplicantRequired, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        organisation = _found(request, pk)
        return self._page(request, organisation, SizeForm.showing(organisation, _figures(organisation)))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        at = arrived_at(request)
        organisation = _found(request, pk)
        form = SizeForm(request.POST)
        if not form.is_valid():
            return self._page(request, organisation, form, status=REFUSED)
        given = form.cleaned_data
        try:
            saved = sizes.work_out(organisation, given, version=given["version"], by=request.user, at=at)
        except sizes.FiguresRefused as refusal:
            form.add_error(refusal.field, str(refusal))
            return self._page(request, organisation, form, status=REFUSED)
        except StaleVersion as refusal:
            return self._conflict(request, form, refusal.current)
        except organisations.MayNotEdit:
            return HttpResponse(status=403)
        messages.success(request, f"By these figures your size is {saved.get_size_display().lower()}.")
        return redirect("accounts:organisation")

    def _conflict(self, request: HttpRequest, form: SizeForm, current: Organisation) -> HttpResponse:
        differences = conflict.differences(form, as_shown(current, _figures(current)))
        found = conflict.between(current, differences, reader=request.user)
        more = {"conflict": found, "problems": found.problems}
        again = conflict.with_version(form, current.version)
        return self._page(request, current, again, status=CONFLICT, **more)

    def _page(
        self, request: HttpRequest, organisation: Organisation, form, *, status: int = 200, **more
    ) -> HttpResponse:
        context = {
            "form": form,
            "organisation": organisation,
            "figures": _figures(organisation),
            "thresholds": [
                (one.since, [(band.name.capitalize(), limits) for band, limits in one.bands.items()])
                for one in THRESHOLDS
            ],
            "largest": Band.MEDIUM.name.lower(),
            **more,
        }
        return render(request, "accounts/size.html", context, status=status)


@method_decorator(one_effect("drop size figures"), name="dispatch")
class DropFigures(ApplicantRequired, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        organisation = _found(request, pk)
        try:
            sizes.drop(organisation, by=request.user, at=arrived_at(request))
        except organisations.MayNotEdit:
            return HttpResponse(status=403)
        messages.success(request, "The figures are gone. You state your size with your details now.")
        return redirect("accounts:organisation_change", pk)


def _found(request: HttpRequest, pk: int) -> Organisation:
    return get_object_or_404(Organisation.objects.editable_by(request.user), pk=pk)


def _figures(organisation: Organisation) -> SizeFigures | None:
    return SizeFigures.objects.filter(organisation=organisation).first()
