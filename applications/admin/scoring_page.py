"""The page on which an assessor reads an application and marks it; staff read the same page."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin import site as admin_site
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.forms import conflict
from accounts.templatetags.launchpad_format import local_time
from accounts.templatetags.launchpad_forms import first_control
from accounts.versions import StaleVersion
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications import bands, declining, scoring, word_count
from applications.admin import reading
from applications.forms.declining import DeclineForm
from applications.forms.scoring import ScoringForm, as_choice, feedback_name, mark_name, stored
from applications.models import Assessment, Question, Score
from applications.workflow import Status

REFUSED = 422
CONFLICT = 409


@dataclass(frozen=True, slots=True)
class Row:
    """A scored question as the page shows it. ``state`` is done, begun or nothing yet."""

    question: Question
    answer: str
    mark: object
    feedback: object
    state: str


@method_decorator([never_cache, one_effect("save assessment", edits=True)], name="dispatch")
class ScoringPage(View):
    """Saves a draft, or saves and leads on to the check page. A refused request shows all that was typed."""

    site: AdminSite = admin_site

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        assessment = reading.assessment(request.user, pk)
        return self._page(request, assessment, self._as_stored(assessment))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        at = arrived_at(request)
        assessment = reading.assessment(request.user, pk)
        if assessment.assessor_id != request.user.pk:
            raise PermissionDenied
        if "decline" in request.POST:
            return self._decline(request, assessment, at=at)
        questions = scoring.scored_questions(assessment)
        form = ScoringForm(questions, request.POST)
        is_clean = form.is_valid()
        try:
            saved = self._save(form, assessment, by=request.user, at=at)
            if not is_clean:
                if "check" in request.POST:
                    form.add_problems(form.problems_beside(scoring.problems_in(saved)))
                messages.warning(request, "Everything else is saved. Correct the fields named below.")
                return self._page(request, saved, form, status=REFUSED)
            if "check" in request.POST and (problems := scoring.problems_in(saved)):
                form.add_problems(problems)
                messages.warning(request, "Your assessment is saved as a draft. It is not submitted yet.")
                return self._page(request, saved, form, status=REFUSED)
        except (scoring.Locked, scoring.NotGiven, StaleVersion) as refusal:
            return self._refused(request, assessment, form, refusal)

        if "check" in request.POST:
            return redirect("admin:applications_assessment_check", pk)
        messages.success(request, f"Draft saved at {local_time(at)}.")
        return redirect(f"{request.path}#{_place(request, questions)}")

    def _decline(self, request: HttpRequest, assessment: Assessment, *, at) -> HttpResponse:
        form = DeclineForm(request.POST)
        if form.is_valid():
            reason, comment = form.cleaned_data["decline_reason"], form.cleaned_data["decline_comment"]
            try:
                declining.decline(assessment, reason, comment, by=request.user, at=at)
            except declining.AlreadyOver as refusal:
                messages.error(request, str(refusal))
            except declining.EndingRefused as refusal:
                is_long = isinstance(refusal, declining.TooLong)
                form.add_error("decline_comment" if is_long else "decline_reason", str(refusal))
            else:
                reference = assessment.application.reference
                messages.success(request, f"You declined {reference}. The programme office can see why.")
                return redirect("admin:applications_assessment_changelist")
        shown = self._as_stored(assessment)
        return self._page(request, assessment, shown, decline_form=form, status=REFUSED)

    def _as_stored(self, assessment: Assessment) -> ScoringForm:
        questions = scoring.scored_questions(assessment)
        return ScoringForm(questions, initial=stored(assessment, _scores(assessment), questions))

    def _save(self, form: ScoringForm, assessment: Assessment, *, by, at) -> Assessment:
        """Keep whatever could be read. The same text sent twice is no conflict with itself."""
        version = form.cleaned_data["version"]
        changes = form.scores(), form.verdict()
        try:
            return scoring.save(assessment, *changes, version=version, by=by, at=at)
        except StaleVersion as refusal:
            if _differences(form, refusal.current):
                raise
            return scoring.save(assessment, *changes, version=refusal.current.version, by=by, at=at)

    def _refused(
        self, request, assessment: Assessment, form: ScoringForm, refusal: Exception
    ) -> HttpResponse:
        assessment.refresh_from_db()
        differences = _differences(form, assessment)
        if isinstance(refusal, scoring.Locked) and not differences:
            messages.info(request, f"You submitted this assessment at {local_time(refusal.submitted_at)}.")
            return redirect(request.path)
        if isinstance(refusal, StaleVersion):
            found = conflict.between(assessment, _at_fields(form, differences), reader=request.user)
            return self._page(request, assessment, form, saved=differences, conflict=found, status=CONFLICT)
        messages.error(request, f"{refusal} What you typed was not saved; it stands beside what is kept.")
        typed = {name: form[name].value() for name in differences}
        return self._page(request, assessment, self._as_stored(assessment), typed=typed, status=CONFLICT)

    def _page(
        self, request, assessment: Assessment, form: ScoringForm, *, status=200, **other
    ) -> HttpResponse:
        if form.is_bound:
            # The next save is made over what stands now, which this page shows.
            conflict.with_version(form, assessment.version)
        application = assessment.application
        answered = reading.answers(application)
        texts = {one.question.pk: one.text for one in answered}
        rows = [_row(form, question, texts.get(question.pk, "")) for question in form.questions]
        is_editable = (
            assessment.assessor_id == request.user.pk
            and assessment.is_scorable
            and application.status == Status.IN_ASSESSMENT
        )
        context = {
            **self.site.each_context(request),
            "title": f"{'Assess' if is_editable else 'Assessment of'} {application.reference}",
            "opts": Assessment._meta,
            "assessment": assessment,
            "application": application,
            "is_own": assessment.assessor_id == request.user.pk,
            "is_editable": is_editable,
            "form": form,
            "decline_form": DeclineForm(),
            "rows": rows,
            "unscored": [one for one in answered if not one.question.is_scored],
            "scope_answer": next((one.text for one in answered if one.question.key == "scope"), ""),
            "parts": reading.parts(application),
            "done": sum(row.state == "done" for row in rows),
            "bands": bands.BANDS,
            "bands_out_of": bands.OUT_OF,
            "word_limit": scoring.WORD_LIMIT,
            "total": sum(_given(row.mark) for row in rows),
            "most": sum(row.question.max_marks or 0 for row in rows),
            **other,
        }
        return TemplateResponse(request, "admin/applications/assessment/score.html", context, status=status)


def _scores(assessment: Assessment) -> dict[int, Score]:
    return {score.question_id: score for score in assessment.scores.all()}


def _row(form: ScoringForm, question: Question, answer: str) -> Row:
    mark, feedback = form[mark_name(question)], form[feedback_name(question)]
    has_mark = str(mark.value() if mark.value() is not None else "").strip() != ""
    has_feedback = bool((feedback.value() or "").strip())
    is_within = word_count.count(feedback.value() or "") <= scoring.WORD_LIMIT
    is_done = has_mark and has_feedback and is_within and not mark.errors
    return Row(
        question, answer, mark, feedback, "done" if is_done else "begun" if has_mark or has_feedback else ""
    )


def _given(mark) -> int:
    text = str(mark.value()).strip()
    return int(text) if text.isdecimal() and len(text) < 4 else 0


def _differences(form: ScoringForm, assessment: Assessment) -> dict[str, str]:
    """Return what is kept, by field, wherever it is not what the form would keep."""
    kept = stored(assessment, _scores(assessment), form.questions)
    kept.pop("version")
    differences = {}
    for name, value in kept.items():
        read = as_choice(form.cleaned_data[name]) if name in form.cleaned_data else form[name].value()
        if _plain(read) != _plain(value):
            differences[name] = "" if value is None else value
    return differences


def _at_fields(form: ScoringForm, kept: dict[str, str]) -> list[conflict.Difference]:
    return [
        conflict.Difference(
            str(form[name].label), text, str(form[name].value() or ""), href=f"#{first_control(form[name])}"
        )
        for name, text in kept.items()
    ]


def _plain(value) -> str:
    return "" if value is None else "\n".join(str(value).strip().splitlines())


def _place(request: HttpRequest, questions: list[Question]) -> str:
    """Return the anchor the assessor was at, as the page's script noted it, or the top."""
    known = {"verdict", *(f"question-{question.number}" for question in questions)}
    place = request.POST.get("place", "")
    return place if place in known else "content-start"
