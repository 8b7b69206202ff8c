"""The last page of a draft, its submission, and the receipt."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from accounts.views.one_effect import one_effect
from applications import eligibility, reading, receipts, rules, submission, waivers
from applications.forms.declarations import SubmitForm
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
        if self.application.submitted_at:
            return self.already()
        if not form.is_valid():
            return self.show(form, status=REFUSED)
        try:
            submission.submit(self.application, by=request.user, at=self.at)
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
        return redirect("applications:receipt", self.application.reference)

    def show(self, form: SubmitForm, *, status: int = 200, problems: list[str] | None = None) -> HttpResponse:
        found = eligibility.breaches(self.application, at=self.at)
        sections = {section.key: section for section in eligibility.form_sections(self.application)}
        context = {
            "application": self.application,
            "competition": self.application.competition,
            "form": form,
            "problems": problems or [],
            "unfinished": [sections[breach.section] for breach in found if breach.rule == "ELIG-24"],
            "blocks": [breach for breach in found if breach.blocks and breach.rule != "ELIG-24"],
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
        context = {
            "application": self.application,
            "competition": self.application.competition,
            "participant": self.participant,
            "is_reopenable": self.is_reopenable,
            "receipt": receipts.of_submission(self.application),
        }
        return render(request, "applications/receipt.html", context)
