"""Minimal Financial Assistance as the enterprise reads of it and confirms it."""

from django.contrib import messages
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views import View

from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from accounts.views.organisation import ApplicantRequired
from funding.forms.subsidy import ConfirmAssistanceForm, EarlierSums
from funding.models import MfaRecord
from funding.subsidy import headroom, mfa
from funding.subsidy.window import LIMIT

REFUSED, CONFLICT = 422, 409


@method_decorator(one_effect("confirm assistance"), name="dispatch")
class Assistance(ApplicantRequired, View):
    """The notice, the form to confirm, and afterwards what was confirmed and given."""

    @cached_property
    def record(self) -> MfaRecord:
        rows = MfaRecord.objects.of_members_like(self.request.user).with_names()
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(ConfirmAssistanceForm(), EarlierSums(initial=[{}], prefix="earlier"))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if "another" in request.POST:
            # Adding a row is no try to confirm: nothing is missing yet.
            kept = {"name": request.POST.get("name", ""), "is_true": "is_true" in request.POST}
            return self.show(ConfirmAssistanceForm(initial=kept), posted(request.POST, more=1))
        form, sums = ConfirmAssistanceForm(request.POST), posted(request.POST)
        if not (form.is_valid() & sums.is_valid()):
            return self.show(form, sums, status=REFUSED, problems=list(sums.non_form_errors()))
        try:
            mfa.confirm(
                self.record,
                [row.cleaned_data for row in sums if row.cleaned_data.get("giver")],
                name=form.cleaned_data["name"],
                by=request.user,
                at=arrived_at(request),
            )
        except mfa.NotStated as refusal:
            named = refusal.field if refusal.field in form.fields else None
            form.add_error(named, str(refusal))
            return self.show(form, sums, status=REFUSED)
        except mfa.NotAsked as refusal:
            messages.info(request, str(refusal))
            return redirect("assistance:detail", pk)
        except mfa.AssistanceRefused as refusal:
            return self.show(form, sums, status=CONFLICT, problems=[str(refusal)])
        messages.success(request, "You have confirmed. We have kept it with the day and time.")
        return redirect("assistance:detail", pk)

    def show(
        self,
        form: ConfirmAssistanceForm,
        sums: BaseFormSet,
        *,
        status: int = 200,
        problems: list[str] | None = None,
    ) -> HttpResponse:
        record, at = self.record, arrived_at(self.request)
        application = record.share.award.application
        has_answered = not record.is_waiting
        context = {
            "record": record,
            "application": application,
            "competition": application.competition,
            "participant": record.share.participant,
            "sums": headroom.of(record, at=at),
            "stated": record.earlier.order_by("given_on", "pk") if has_answered else [],
            "limit": LIMIT,
            "may_confirm": mfa.may_confirm(record, self.request.user),
            "form": form,
            "earlier": sums,
            "forms": [sums],
            "problems": problems or [],
        }
        return render(self.request, "funding/assistance.html", context, status=status)


def posted(data: QueryDict, more: int = 0) -> BaseFormSet:
    """The sums as typed. All count as new, so that one left empty is left out."""
    data = data.copy()
    data["earlier-INITIAL_FORMS"] = "0"
    total = data.get("earlier-TOTAL_FORMS", "")
    if more and total.isascii() and total.isdecimal():
        data["earlier-TOTAL_FORMS"] = str(min(int(total[:4]) + more, mfa.MOST_EARLIER))
    return EarlierSums(data, prefix="earlier")
