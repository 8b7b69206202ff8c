"""The last page of a draft, its submission, and the receipt."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache

from accounts.views.one_effect import one_effect
from applications import eligibility, reading, receipts, rules, submission, waivers
from applications.forms.declarations import SubmitForm
from applications.models import Application, ReceiptCopy
from applications.sections import COSTS
from applications.views.pages import CONFLICT, REFUSED, ApplicationPage


@method_decorator([never_cache, one_effect("submit application")], name="dispatch")
class Check(ApplicationPage):
    """Everything that was entered, what still blocks it, and the button.

    No browser keeps it: the way back from the receipt would show a button for what is done.
    """

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        if not self.is_editable:
            return redirect("applications:detail", reference)
        return self.show(SubmitForm())

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        form = SubmitForm(request.POST)
        entry = self.own()
        if entry.submitted_at:
            return self.already()
        if not form.is_valid():
            return self.show(form, status=REFUSED)
        try:
            submission.submit(entry, by=request.user, at=self.at)
        except submission.CompetitionClosed as refusal:
            closed = rules.closed(refusal.closed_at) if refusal.closed_at else "This competition is not open."
            problem = (
                f"{closed} {rules.received(self.at)} The application was not submitted. Your draft is kept."
            )
            return self.show(form, status=CONFLICT, problems=[problem])
        except submission.NotEligible:
            return self.show(
                form, status=REFUSED, problems=["Mend what is listed on this page, then submit again."]
            )
        except submission.MoveRefused:
            return self.already()
        except submission.NotEditable:
            return self.show(
                form, status=CONFLICT, problems=["You may read this application, but not submit it."]
            )
        messages.success(request, "Your application has been submitted.")
        return redirect("applications:receipt", reference)

    def already(self) -> HttpResponse:
        messages.info(self.request, "This application has been submitted already.")
        return redirect("applications:receipt", self.kwargs["reference"])

    def own(self) -> Application:
        """What ``submission`` needs to know of it and no more: it reads the whole under its lock."""
        own = Application.objects.of_members_like(self.request.user).only("competition", "submitted_at")
        return get_object_or_404(own, reference=self.kwargs["reference"])

    def show(self, form: SubmitForm, *, status: int = 200, problems: list[str] | None = None) -> HttpResponse:
        found = eligibility.breaches(self.application, at=self.at)
        sections = {section.key: section for section in eligibility.form_sections(self.application)}
        unfinished = [breach.section for breach in found if breach.rule == "ELIG-24"]
        # That a sum is too small is no news before the first cost: the section stands as unfinished.
        is_empty = not self.application.total_costs and COSTS in unfinished
        too_early = rules.money_limits(self.application) if is_empty else []
        context = {
            "application": self.application,
            "competition": self.application.competition,
            "form": form,
            "problems": problems or [],
            "unfinished": [sections[key] for key in unfinished],
            "blocks": [
                breach
                for breach in found
                if breach.blocks and breach.rule != "ELIG-24" and breach not in too_early
            ],
            "warnings": [breach for breach in found if not breach.blocks],
            "may_ask_waiver": waivers.can_be_asked(self.application.competition, at=self.at),
            "answers": reading.questions_and_answers(self.application),
            "parts": reading.parts(self.application),
        }
        return render(self.request, "applications/check.html", context, status=status)


class Receipt(ApplicationPage):
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        if not self.application.submitted_at:
            return redirect("applications:detail", reference)
        receipt = receipts.of_submission(self.application)
        context = {
            "application": self.application,
            "competition": self.application.competition,
            "participant": self.participant,
            "is_reopenable": self.is_reopenable,
            "asks_equality": self.asks_equality,
            "receipt": receipt,
            "copy": ReceiptCopy.objects.with_size().filter(receipt=receipt).first() if receipt else None,
        }
        return render(request, "applications/receipt.html", context)


class Copy(ApplicationPage):
    """The PDF of what the receipt keeps, once a job has made it."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        receipt = receipts.of_submission(self.application) if self.application.submitted_at else None
        copy = ReceiptCopy.objects.filter(receipt=receipt, pdf__isnull=False).first() if receipt else None
        if copy is None:
            return redirect("applications:receipt", reference)
        name = f"{self.application.reference}-submitted.pdf"
        headers = {"Content-Disposition": content_disposition_header(True, name), "Cache-Control": "no-store"}
        return HttpResponse(bytes(copy.pdf), content_type="application/pdf", headers=headers)
