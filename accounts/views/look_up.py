"""Filling an organisation's form from Companies House. It saves nothing, and keeps all that was typed."""

from allauth.core.internal import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views import View

from accounts import companies_house, company_number
from accounts.companies_house import Company
from accounts.forms.organisation import OrganisationForm
from accounts.models import Organisation
from accounts.views import returning
from accounts.views.organisation import ApplicantRequired, worked_out
from accounts.views.sign_in import REFUSED, TOO_MANY

TRIES = {"app": "allauth.account", "action": "look_up_company"}
TYPED = ("name", "kind", "company_number", "size", "address", "postcode", "version")


class LookUpCompany(ApplicantRequired, View):
    """The form as it was typed, with name, address and postcode as they are registered."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        if not companies_house.is_offered():
            raise Http404
        own = Organisation.objects.editable_by(request.user)
        organisation = get_object_or_404(own, pk=pk) if pk else None
        typed: dict[str, str | bool] = {name: request.POST.get(name, "") for name in TYPED}
        typed["has_no_number"] = bool(request.POST.get("has_no_number"))
        try:
            number = company_number.normalise(request.POST.get("company_number", ""))
        except company_number.NotACompanyNumber as refusal:
            problems = [{"text": str(refusal), "href": "#id_company_number"}]
            return self._page(request, organisation, typed, problems=problems, status=REFUSED)
        if not ratelimit.consume(request, user=request.user, **TRIES):
            said = "You have looked up many companies. Wait a minute, or enter the details yourself."
            return self._page(request, organisation, typed, said=said, status=TOO_MANY)
        try:
            company = companies_house.look_up(number)
        except companies_house.LookUpFailed as failure:
            return self._page(request, organisation, typed, said=str(failure))
        return self._page(request, organisation, _filled_in(typed, number, company), company=company)

    def _page(
        self,
        request: HttpRequest,
        organisation: Organisation | None,
        typed: dict,
        *,
        company: Company | None = None,
        said: str = "",
        problems=(),
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "form": OrganisationForm(
                initial=typed, worked_out=worked_out(organisation) if organisation else ""
            ),
            "organisation": organisation,
            "next": returning.address(request),
            "is_first": True,
            "may_look_up": True,
            "company": company,
            "said": said,
            "problems": problems,
        }
        return render(request, "accounts/organisation_form.html", context, status=status)


def _filled_in(typed: dict, number: str, company: Company) -> dict:
    """What is registered, in the place of what was typed where there is something."""
    found = {"name": company.name, "address": company.address, "postcode": company.postcode}
    registered = {name: text for name, text in found.items() if text}
    return {**typed, **registered, "company_number": number, "has_no_number": False}
