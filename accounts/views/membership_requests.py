"""Asking to be let in to an organisation that is here already, and the answer of its members."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views import View

from accounts import company_number, members, membership_requests
from accounts.forms.members import NONE
from accounts.forms.membership_request import MAY_EDIT, AnswerForm
from accounts.models import MembershipRequest, Organisation
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from accounts.views.organisation import ApplicantRequired
from accounts.views.sign_in import REFUSED

CONFLICT = 409


@method_decorator(one_effect("ask for membership"), name="dispatch")
class AskForMembership(ApplicantRequired, View):
    """For somebody whose company is here already. It says its name, as a public register does too."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return self._page(request, self._find(number))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        organisation = self._find(number)
        try:
            membership_requests.ask(organisation, by=request.user, at=arrived_at(request))
        except membership_requests.AskingRefused as refusal:
            return self._page(request, organisation, problems=[str(refusal)], status=CONFLICT)
        messages.success(
            request, f"Those who edit for {organisation} are asked to let you in. We tell you their answer."
        )
        return redirect("accounts:organisation")

    def _find(self, number: str) -> Organisation:
        try:
            number = company_number.normalise(number)
        except company_number.NotACompanyNumber as refusal:
            raise Http404 from refusal
        return get_object_or_404(Organisation, company_number=number)

    def _page(
        self, request: HttpRequest, organisation: Organisation, *, problems=(), status: int = 200
    ) -> HttpResponse:
        own = request.user.membership_requests.filter(organisation=organisation)
        context = {
            "organisation": organisation,
            "is_member": organisation.memberships.filter(person=request.user).exists(),
            "asked": own.waiting().first(),
            "problems": problems,
        }
        return render(request, "accounts/ask_for_membership.html", context, status=status)


@method_decorator(one_effect("answer membership request"), name="dispatch")
class AnswerRequest(ApplicantRequired, View):
    def get(self, request: HttpRequest, pk: int, asked: int) -> HttpResponse:
        return self._page(request, self._find(request, pk, asked), AnswerForm())

    def post(self, request: HttpRequest, pk: int, asked: int) -> HttpResponse:
        at = arrived_at(request)
        found = self._find(request, pk, asked)
        form = AnswerForm(request.POST)
        if not form.is_valid():
            return self._page(request, found, form, status=REFUSED)
        right = form.cleaned_data["right"]
        try:
            membership_requests.answer(
                found, may_edit=MAY_EDIT[right], word=form.cleaned_data["word"], by=request.user, at=at
            )
        except (membership_requests.AnswerRefused, members.NotAnEditor) as refusal:
            form.add_error("right", str(refusal))
            return self._page(request, found, form, status=CONFLICT)
        what = "is not let in" if right == NONE else f"can {right} now"
        messages.success(request, f"{found.asked_by} {what}, and is told so by email.")
        return redirect("accounts:people", pk)

    def _find(self, request: HttpRequest, pk: int, asked: int) -> MembershipRequest:
        organisation = get_object_or_404(Organisation.objects.editable_by(request.user), pk=pk)
        rows = organisation.membership_requests.select_related("organisation", "asked_by", "answered_by")
        return get_object_or_404(rows, pk=asked)

    def _page(
        self, request: HttpRequest, found: MembershipRequest, form: AnswerForm, *, status: int = 200
    ) -> HttpResponse:
        context = {"form": form, "asked": found, "organisation": found.organisation}
        return render(request, "accounts/answer_request.html", context, status=status)
