"""Offers in the office: the list, an offer made from an award, and taken back."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from accounts.admin.days import Days
from accounts.admin.records import Record
from accounts.admin.written import day, pounds
from accounts.models import User
from accounts.refusals import Refusal
from accounts.roles import Role
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications.admin.filters import CompetitionChoices
from funding import duties, refused
from funding.admin import waits
from funding.admin.panel_reading import bound_by
from funding.exports import offer_letters
from funding.forms.offers import OfferForm, WithdrawOfferForm
from funding.models import Award, Offer
from funding.offers import answering, letter, letter_templates, making, withdrawing
from funding.subsidy import mfa


@admin.register(Offer)
class OfferAdmin(Record):
    list_display = (
        "__str__",
        "application",
        "competition",
        "grant",
        "state",
        "issued_at",
        "answer_by",
        "signed_by",
    )
    list_filter = (
        "state",
        ("award__application__competition", CompetitionChoices),
        ("issued_at", Days),
        ("expires_at", Days),
    )
    list_select_related = ("award__application__competition", "answer")
    search_fields = ("award__application__reference", "award__application__title", "answer__signed_name")
    search_help_text = "An application’s reference or title, or who signed"
    ordering = ("-issued_at", "-pk")
    date_hierarchy = "issued_at"
    does = {
        Role.FUNDS: "Make an offer, take one back",
        Role.APPROVER: "Withdraw an offer for good",
    }
    change_list_template = "admin/funding/offer/list.html"

    @admin.display(description="application", ordering="award__application__reference")
    def application(self, offer):
        return offer.award.application.reference

    @admin.display(description="competition", ordering="award__application__competition__code")
    def competition(self, offer):
        return offer.award.application.competition.code

    @admin.display(description="grant", ordering="award__amount")
    def grant(self, offer):
        return pounds(offer.award.amount)

    @admin.display(description="answer by", ordering="expires_at")
    def answer_by(self, offer):
        return day(letter.last_date(offer))

    @admin.display(description="signed by")
    def signed_by(self, offer):
        return "" if offer.is_waiting else offer.answer.signed_name

    def get_queryset(self, request):
        return super().get_queryset(request).defer("letter")

    def get_urls(self):
        view = self.admin_site.admin_view
        withdraw = view(require_POST(self.withdraw_view))
        return [
            path("make/<int:pk>/", view(self.make_view), name="funding_offer_make"),
            path("<int:pk>/withdraw/", withdraw, name="funding_offer_withdraw"),
            path("<int:pk>/letter.pdf", view(self.letter_view), name="funding_offer_letter"),
            *super().get_urls(),
        ]

    @one_effect("make grant offer")
    def make_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The award of this id, what its letter would say, and the button that sends it."""
        award = _award(request, pk)
        if request.method != "POST":
            return self._make(request, award, OfferForm())
        at, form = arrived_at(request), OfferForm(request.POST)
        if not form.is_valid():
            return self._make(request, award, form, status=422)
        conditions, days = form.cleaned_data["conditions"].splitlines(), form.cleaned_data["days"]
        try:
            if "send" not in request.POST:
                return self._preview(request, award, form, making.clean(conditions), days)
            with waits.in_time():
                seen = form.cleaned_data["seen"]
                made = making.make(award, conditions, days=days, seen=seen, by=request.user, at=at)
        except making.ConditionsRefused as refusal:
            form.add_error("conditions", str(refusal))
            return self._make(request, award, form, status=422)
        except waits.TryAgain:
            return self._make(request, award, form, problems=[waits.TRY_AGAIN], status=503)
        except Refusal as refusal:
            problems = [refused.told(refusal, request.user)]
            return self._make(request, award, form, problems=problems, status=409)
        messages.success(request, "The offer is made. Those who applied are told by email.")
        return redirect("admin:funding_offer_change", made.pk)

    def _preview(self, request, award: Award, form, conditions: list[str], days: int) -> HttpResponse:
        at = arrived_at(request)
        text = letter.text(
            award,
            conditions,
            template=letter_templates.current(),
            issued_at=at,
            expires_at=making.expiry(at, days),
        )
        if "pdf" in request.POST:
            made = offer_letters.preview(text, at=at)
            return _document(made, f"{award.application.reference}-offer-preview.pdf")
        return self._make(request, award, form, shown=letter.read(text))

    def _make(self, request, award: Award, form, *, shown=None, problems=(), status=200) -> HttpResponse:
        application = award.application
        context = {
            "title": f"Offer for {application.reference}",
            "award": award,
            "application": application,
            "shares": award.shares.select_related("participant").order_by("-participant__is_lead", "pk"),
            "obstacles": making.obstacles(award),
            "live": making.live_of(award),
            "bound": bound_by(request.user, [application.pk]),
            "form": form,
            "letter": shown,
            "problems": problems,
        }
        return self._answer(request, "make", context, status)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        is_id = object_id.isascii() and object_id.isdecimal() and len(object_id) < 19
        return self._page(request, self._find(request, int(object_id) if is_id else 0), WithdrawOfferForm())

    @one_effect("withdraw grant offer")
    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        offer, form, at = self._find(request, pk), WithdrawOfferForm(request.POST), arrived_at(request)
        if not _roles(request.user, offer) & (duties.OFFER | duties.END_OFFER):
            raise PermissionDenied
        if not form.is_valid():
            return self._page(request, offer, form, status=422)
        given = form.cleaned_data
        for_good = given["what"] == "for good"
        try:
            with waits.in_time():
                withdrawing.withdraw(offer, given["reason"], for_good=for_good, by=request.user, at=at)
        except waits.TryAgain:
            return self._page(request, offer, form, problems=[waits.TRY_AGAIN], status=503)
        except answering.NotSigned as refusal:
            form.add_error("reason", str(refusal))
            return self._page(request, offer, form, status=422)
        except duties.RoleMissing:
            who = "An approver" if for_good else "A fund manager"
            return self._page(request, offer, form, problems=[f"{who} does this."], status=409)
        except duties.SamePerson:
            problem = "You made this offer. Another person, an approver, ends its award."
            return self._page(request, offer, form, problems=[problem], status=409)
        except Refusal as refusal:
            problems = [refused.told(refusal, request.user)]
            return self._page(request, self._find(request, pk), form, problems=problems, status=409)
        messages.success(request, "The offer is withdrawn. Those who applied are told by email.")
        return redirect("admin:funding_offer_change", pk)

    def letter_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        offer = self._find(request, pk)
        name = f"{offer.award.application.reference}-offer.pdf"
        return _document(offer_letters.pdf(offer, getattr(offer, "answer", None)), name)

    def _find(self, request: HttpRequest, pk: int) -> Offer:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = Offer.objects.visible_to(request.user)
        rows = rows.select_related("award__application__competition", "issued_by", "answer__person")
        return get_object_or_404(rows, pk=pk)

    def _page(self, request, offer: Offer, form, *, problems=(), status: int = 200) -> HttpResponse:
        roles = _roles(request.user, offer)
        context = {
            "title": f"Offer for {offer.award.application.reference}",
            "offer": offer,
            "answer": getattr(offer, "answer", None),
            "application": offer.award.application,
            "last_day": letter.last_day(offer),
            "is_over": offer.is_waiting and not offer.is_open_at(arrived_at(request)),
            "to_confirm": mfa.to_be_confirmed(offer.award) if offer.is_waiting else [],
            "letter": letter.read(offer.letter),
            "code": letter.in_groups(offer.fingerprint),
            "form": form,
            "may_withdraw": offer.is_waiting and bool(roles & (duties.OFFER | duties.END_OFFER)),
            "problems": problems,
        }
        return self._answer(request, "offer", context, status)

    def _answer(self, request, template: str, context: dict, status: int) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        headers = {"Retry-After": str(waits.RETRY_AFTER)} if status == 503 else None
        return TemplateResponse(
            request, f"admin/funding/offer/{template}.html", context, status=status, headers=headers
        )


def _award(request: HttpRequest, pk: int) -> Award:
    """The award, for a fund manager of its region."""
    rows = Award.objects.visible_to(request.user).select_related("application__competition")
    award = get_object_or_404(rows, pk=pk)
    if not request.user.roles_in(award.application.competition.region_id) & duties.OFFER:
        raise PermissionDenied
    return award


def _roles(person: User, offer: Offer) -> frozenset[Role]:
    return frozenset(person.roles_in(offer.award.application.competition.region_id))


def _document(made: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(True, name), "Cache-Control": "no-store"}
    return HttpResponse(made, content_type="application/pdf", headers=headers)
