from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin, UserPassesTestMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from accounts import organisations
from accounts.forms import conflict
from accounts.forms.organisation import OrganisationForm, as_shown
from accounts.models import Organisation
from accounts.roles import Role, held_by
from accounts.versions import StaleVersion
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from accounts.views.sign_in import REFUSED

REGISTERED = (
    "This company is registered here already. Ask the person in your organisation who registered it, "
    "or check the number."
)


class ApplicantRequired(LoginRequiredMixin, UserPassesTestMixin):
    """For people who sign up to apply; the office's people have no business here."""

    request: HttpRequest

    def test_func(self) -> bool:
        return Role.APPLICANT in held_by(self.request.user)

    def handle_no_permission(self):
        self.raise_exception = self.request.user.is_authenticated
        return super().handle_no_permission()


class OrganisationList(ApplicantRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        mine = Organisation.objects.belonging_to(request.user).order_by("name", "pk")
        return render(request, "accounts/organisation_list.html", {"organisations": mine})


@method_decorator(one_effect("enter organisation"), name="dispatch")
class CreateOrganisation(ApplicantRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self._form(request, OrganisationForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        at = arrived_at(request)
        form = OrganisationForm(request.POST)
        if not form.is_valid():
            return self._form(request, form, status=REFUSED)
        try:
            organisation = organisations.create(form.cleaned_data, by=request.user, at=at)
        except organisations.AlreadyRegistered:
            form.add_error("company_number", REGISTERED)
            return self._form(request, form, status=REFUSED)
        messages.success(request, f"{organisation.name} has been saved.")
        return redirect(_next(request) or "applications:dashboard")

    def _form(self, request: HttpRequest, form: OrganisationForm, *, status: int = 200) -> HttpResponse:
        context = {"form": form, "next": _next(request), "is_first": not request.user.memberships.exists()}
        return render(request, "accounts/organisation_form.html", context, status=status)


@method_decorator(one_effect("change organisation", edits=True), name="dispatch")
class ChangeOrganisation(ApplicantRequired, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        organisation = get_object_or_404(Organisation.objects.editable_by(request.user), pk=pk)
        return self._form(request, OrganisationForm.showing(organisation), organisation)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        at = arrived_at(request)
        organisation = get_object_or_404(Organisation.objects.editable_by(request.user), pk=pk)
        form = OrganisationForm(request.POST)
        if not form.is_valid():
            return self._form(request, form, organisation, status=REFUSED)
        try:
            organisations.change(
                organisation,
                form.cleaned_data,
                version=form.cleaned_data["version"],
                by=request.user,
                at=at,
            )
        except organisations.AlreadyRegistered:
            form.add_error("company_number", REGISTERED)
            return self._form(request, form, organisation, status=REFUSED)
        except StaleVersion as refusal:
            return self._conflict(request, form, refusal.current)
        except organisations.MayNotEdit:
            return HttpResponse(status=403)
        messages.success(request, "Your organisation's details have been saved and confirmed.")
        return redirect("accounts:organisation")

    def _form(
        self, request: HttpRequest, form: OrganisationForm, organisation: Organisation, *, status: int = 200
    ) -> HttpResponse:
        context = {"form": form, "organisation": organisation}
        return render(request, "accounts/organisation_form.html", context, status=status)

    def _conflict(self, request: HttpRequest, form: OrganisationForm, current: Organisation) -> HttpResponse:
        """Show what stands now beside what was typed; saving again is a choice between them."""
        differences = conflict.differences(form, as_shown(current))
        found = conflict.between(current, differences, reader=request.user)
        context = {
            "form": conflict.with_version(form, current.version),
            "organisation": current,
            "conflict": found,
            "problems": found.problems,
        }
        return render(request, "accounts/organisation_form.html", context, status=409)


def _next(request: HttpRequest) -> str:
    """Where the page that sent the person here wants them back, when it is an address of ours."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if safe else ""
