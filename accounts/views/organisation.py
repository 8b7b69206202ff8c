from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin, UserPassesTestMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views import View

from accounts import companies_house, invitations, organisations
from accounts.forms import conflict
from accounts.forms.organisation import OrganisationForm, as_shown
from accounts.models import Invitation, Organisation, SizeFigures
from accounts.roles import Role, held_by
from accounts.versions import StaleVersion
from accounts.views import returning
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from accounts.views.sign_in import REFUSED

REGISTERED = "This company is registered here already. Ask its members to let you in, or check the number."


class ApplicantRequired(LoginRequiredMixin, UserPassesTestMixin):
    """For people who sign up to apply; the office's people have no business here."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args, **kwargs):
        """An organisation that was merged into another of one's own leads on to that one."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except Http404:
            if (kept := self._kept(request, kwargs.get("pk"))) is None:
                raise
            return redirect(request.resolver_match.view_name, **{**kwargs, "pk": kept})

    def _kept(self, request: HttpRequest, pk: int | None) -> int | None:
        if request.method != "GET" or pk is None:
            return None
        merged = Organisation.objects.filter(pk=pk, merged_into__memberships__person=request.user)
        return merged.values_list("merged_into", flat=True).first()

    def test_func(self) -> bool:
        return Role.APPLICANT in held_by(self.request.user)

    def handle_no_permission(self):
        self.raise_exception = self.request.user.is_authenticated
        return super().handle_no_permission()


class OrganisationList(ApplicantRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        at = arrived_at(request)
        mine = (
            Organisation.objects.belonging_to(request.user).select_related("figures").order_by("name", "pk")
        )
        to_them = Invitation.objects.open_to(invitations.confirmed_by(request.user), at)
        invited = [
            {"organisation": one.organisation, "key": invitations.key_of(one)}
            for one in to_them.select_related("organisation").order_by("sent_at", "pk")
        ]
        asked = request.user.membership_requests.waiting().select_related("organisation").order_by("pk")
        context = {"organisations": mine, "invitations": invited, "asked": asked}
        return render(request, "accounts/organisation_list.html", context)


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
        except organisations.AlreadyRegistered as refusal:
            form.add_error("company_number", REGISTERED)
            return self._form(request, form, status=REFUSED, known=refusal.number)
        messages.success(request, f"{organisation.name} has been saved.")
        return redirect(returning.address(request) or "applications:dashboard")

    def _form(
        self, request: HttpRequest, form: OrganisationForm, *, status: int = 200, known: str = ""
    ) -> HttpResponse:
        """``known``: the number of a company that is here already, whose members can be asked."""
        is_first = not request.user.memberships.exists()
        context = {"form": form, "next": returning.address(request), "is_first": is_first, "known": known}
        context["may_look_up"] = companies_house.is_offered()
        return render(request, "accounts/organisation_form.html", context, status=status)


@method_decorator(one_effect("change organisation", edits=True), name="dispatch")
class ChangeOrganisation(ApplicantRequired, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        organisation = get_object_or_404(Organisation.objects.editable_by(request.user), pk=pk)
        form = OrganisationForm.showing(organisation, worked_out(organisation))
        return self._form(request, form, organisation)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        at = arrived_at(request)
        organisation = get_object_or_404(Organisation.objects.editable_by(request.user), pk=pk)
        form = OrganisationForm(request.POST, worked_out=worked_out(organisation))
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
        context = {
            "form": form,
            "organisation": organisation,
            "may_look_up": companies_house.is_offered(),
        }
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


def worked_out(organisation: Organisation) -> str:
    """The size that the organisation's figures give; empty where it has none."""
    figures = SizeFigures.objects.filter(organisation=organisation).first()
    return figures.size if figures else ""
