"""Offers as those who applied read and answer them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.views import View

from accounts.forms.plain import PlainForm
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from accounts.views.organisation import ApplicantRequired
from applications.models import Application
from funding.exports import offer_letters
from funding.forms.offers import AcceptOfferForm, DeclineOfferForm
from funding.models import AwardEnding, MfaRecord, Offer
from funding.offers import answering, letter
from funding.subsidy import mfa

REFUSED, CONFLICT = 422, 409


class OfferPage(ApplicantRequired, View):
    """A page of one offer, found among those to the person's own organisations."""

    @cached_property
    def offer(self) -> Offer:
        rows = Offer.objects.of_members_like(self.request.user)
        rows = rows.select_related("award__application__competition", "answer")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def may_answer(self) -> bool:
        led = Application.objects.led_by(self.request.user)
        is_led = led.filter(pk=self.offer.award.application_id).exists()
        return is_led and self.offer.is_open_at(arrived_at(self.request))

    def to_confirm(self) -> list[tuple[MfaRecord, bool]]:
        """The assistance to be confirmed before the offer can be accepted, and whether it is theirs."""
        if not self.offer.is_open_at(arrived_at(self.request)):
            return []
        own = set(MfaRecord.objects.of_members_like(self.request.user).values_list("pk", flat=True))
        return [(one, one.pk in own) for one in mfa.to_be_confirmed(self.offer.award)]

    def context(self) -> dict:
        application = self.offer.award.application
        return {
            "offer": self.offer,
            "answer": getattr(self.offer, "answer", None),
            "application": application,
            "competition": application.competition,
            "last_day": letter.last_day(self.offer),
            "may_answer": self.may_answer,
            "ended": AwardEnding.objects.approved().filter(award=self.offer.award_id).first(),
            "to_confirm": self.to_confirm(),
            "is_open": self.offer.is_open_at(arrived_at(self.request)),
        }


class Offers(ApplicantRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        rows = Offer.objects.of_members_like(request.user).select_related("award__application__competition")
        found = [(one, letter.last_day(one)) for one in rows.order_by("-issued_at", "-pk")]
        return render(request, "funding/offer_list.html", {"offers": found, "at": arrived_at(request)})


class Detail(OfferPage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        context = {**self.context(), "letter": letter.read(self.offer.letter)}
        return render(request, "funding/offer_detail.html", context)


class Letter(OfferPage):
    """The letter as PDF, from what was kept when it was sent; once accepted, with who signed."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        made = offer_letters.pdf(self.offer, getattr(self.offer, "answer", None))
        name = f"{self.offer.award.application.reference}-offer.pdf"
        headers = {"Content-Disposition": content_disposition_header(True, name), "Cache-Control": "no-store"}
        return HttpResponse(made, content_type="application/pdf", headers=headers)


class AnswerPage(OfferPage):
    """A form that answers the offer: who signs, and what they say."""

    form_class: type[PlainForm]
    template_name: str
    done: str

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.may_answer:
            return redirect("offers:detail", pk)
        return self.show(self.form_class())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self.form_class(request.POST)
        if not form.is_valid():
            return self.show(form, status=REFUSED)
        try:
            self.answer(form.cleaned_data)
        except answering.NotSigned as refusal:
            form.add_error(refusal.field, str(refusal))
            return self.show(form, status=REFUSED)
        except answering.AlreadyAnswered as refusal:
            messages.info(request, str(refusal))
            return redirect("offers:detail", pk)
        except (answering.AnswerRefused, mfa.AssistanceRefused) as refusal:
            return self.show(form, status=CONFLICT, problems=[str(refusal)])
        messages.success(request, self.done)
        return redirect("offers:detail", pk)

    def answer(self, given: dict) -> None:
        raise NotImplementedError

    def show(self, form: PlainForm, *, status: int = 200, problems: list[str] | None = None) -> HttpResponse:
        context = {**self.context(), "form": form, "problems": problems or []}
        return render(self.request, self.template_name, context, status=status)


@method_decorator(one_effect("accept grant offer"), name="dispatch")
class Accept(AnswerPage):
    form_class = AcceptOfferForm
    template_name = "funding/offer_accept.html"
    done = "You have accepted the offer."

    def answer(self, given: dict) -> None:
        at = arrived_at(self.request)
        answering.accept(self.offer, name=given["name"], role=given["role"], by=self.request.user, at=at)


@method_decorator(one_effect("decline grant offer"), name="dispatch")
class Decline(AnswerPage):
    form_class = DeclineOfferForm
    template_name = "funding/offer_decline.html"
    done = "You have declined the offer."

    def answer(self, given: dict) -> None:
        answering.decline(
            self.offer,
            name=given["name"],
            role=given["role"],
            reason=given["reason"],
            by=self.request.user,
            at=arrived_at(self.request),
        )
