"""The page before an assessment is submitted: all of it as it stands, since nothing changes afterwards."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin import site as admin_site
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.forms.fields import VersionField
from accounts.templatetags.launchpad_format import local_time
from accounts.versions import StaleVersion
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications import word_count
from applications.admin import reading
from applications.assessment import scoring, second_look
from applications.forms.scoring import CHOICES, VERDICT_LABELS
from applications.models import Assessment, Question

CHANGED = "You changed this assessment after this page was opened. This is how it stands now: check it again."


class SubmitForm(Form):
    """The version that was checked: no other is submitted."""

    version = VersionField()


@dataclass(frozen=True, slots=True)
class Line:
    """A question with what its assessor gave it."""

    question: Question
    mark: int | None
    feedback: str
    words: int


@dataclass(frozen=True, slots=True)
class Text:
    title: str
    text: str
    words: int


@method_decorator([never_cache, one_effect("submit assessment")], name="dispatch")
class CheckPage(View):
    site: AdminSite = admin_site

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        assessment = self._find(request, pk)
        if not assessment.is_scorable:
            return redirect("admin:applications_assessment_score", pk)
        return self._page(request, assessment)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        at = arrived_at(request)
        assessment = self._find(request, pk)
        form = SubmitForm(request.POST)
        form.full_clean()
        try:
            scoring.submit(assessment, version=form.cleaned_data["version"], by=request.user, at=at)
        except StaleVersion:
            messages.warning(request, CHANGED)
            assessment.refresh_from_db()
            return self._page(request, assessment, status=409)
        except scoring.Incomplete:
            return self._page(request, assessment, status=422)
        except scoring.Locked as refusal:
            messages.info(request, f"You submitted this assessment at {local_time(refusal.submitted_at)}.")
        except scoring.NotGiven as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Your assessment is submitted and locked. Thank you.")
        return redirect("admin:applications_assessment_score", pk)

    def _find(self, request: HttpRequest, pk: int) -> Assessment:
        """One that the person may see; only its assessor comes here."""
        assessment = reading.assessment(request.user, pk)
        if assessment.assessor_id != request.user.pk:
            raise PermissionDenied
        return assessment

    def _page(self, request: HttpRequest, assessment: Assessment, *, status: int = 200) -> HttpResponse:
        scores = {score.question_id: score for score in assessment.scores.all()}
        lines = [
            _line(question, scores.get(question.pk)) for question in scoring.scored_questions(assessment)
        ]
        context = {
            **self.site.each_context(request),
            "title": "Check your assessment before you submit it",
            "opts": Assessment._meta,
            "assessment": assessment,
            "application": assessment.application,
            "form": SubmitForm(initial={"version": assessment.version}),
            "lines": lines,
            "total": sum(line.mark or 0 for line in lines),
            "most": sum(line.question.max_marks or 0 for line in lines),
            "word_limit": scoring.WORD_LIMIT,
            "scope_reason": _text(
                "Why it is in or out of scope, and of its category", assessment.scope_reason
            ),
            "fund_reason": _text(VERDICT_LABELS["fund_reason"], assessment.fund_reason),
            "note_to_staff": _text(VERDICT_LABELS["note_to_staff"], assessment.note_to_staff),
            "problems": scoring.problems_in(assessment),
            "nudges": second_look.nudges(assessment),
            "choices": CHOICES,
        }
        return TemplateResponse(request, "admin/applications/assessment/check.html", context, status=status)


def _line(question: Question, score) -> Line:
    feedback = score.feedback if score else ""
    return Line(question, score.mark if score else None, feedback, word_count.count(feedback))


def _text(title: str, text: str) -> Text:
    return Text(title, text, word_count.count(text))
