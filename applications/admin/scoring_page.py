"""The page on which an assessor reads an application and marks it; staff read the same page."""

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin import site as admin_site
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from accounts.forms import conflict
from accounts.templatetags.launchpad_format import local_time
from accounts.templatetags.launchpad_forms import refusals
from accounts.versions import StaleVersion
from accounts.views import unsaved
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from accounts.views.unsaved import Unsaved
from applications.admin import reading, scored
from applications.admin.signed_out import WritersPage
from applications.assessment import declining, reopening, scoring
from applications.forms.declining import DeclineForm
from applications.forms.reopening_assessment import ReopenForm
from applications.forms.scoring import ScoringForm
from applications.models import Assessment
from applications.views import autosave

REFUSED = 422
CONFLICT = 409


@method_decorator([never_cache, one_effect("save assessment", edits=True)], name="dispatch")
class ScoringPage(WritersPage):
    """Saves a draft, by itself or when asked, or saves and leads on to the check page.

    A refused request shows all that was typed.
    """

    site: AdminSite = admin_site

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        assessment = reading.assessment(request.user, pk)
        kept = unsaved.waiting(request)
        if kept and "saved" not in request.GET and scored.is_editable(assessment, request.user):
            return self._put_back(request, assessment, kept)
        answered = reading.answers(assessment.application)
        form = scored.as_stored(assessment, answered)
        return self._page(request, assessment, form, answered=answered, unsaved=kept)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        at = arrived_at(request)
        assessment = reading.assessment(request.user, pk)
        if "reopen" in request.POST:
            return self._reopen(request, assessment, at=at)
        if assessment.assessor_id != request.user.pk:
            raise PermissionDenied
        if "decline" in request.POST:
            return self._decline(request, assessment, at=at)
        form = ScoringForm(scoring.scored_questions(assessment), request.POST)
        is_clean = form.is_valid()
        try:
            saved = self._save(form, assessment, request, at=at)
        except (scoring.Locked, scoring.NotGiven, StaleVersion) as refusal:
            return self._refused(request, assessment, form, refusal)
        unsaved.forget(request)
        if autosave.is_asked(request):
            return self._autosaved(form, saved, at=at)
        return self._saved(request, saved, form, is_clean=is_clean, at=at)

    def _saved(self, request, saved: Assessment, form: ScoringForm, *, is_clean: bool, at) -> HttpResponse:
        is_to_check = "check" in request.POST
        if not is_clean:
            if is_to_check:
                form.add_problems(form.problems_beside(scoring.problems_in(saved)))
            messages.warning(request, "Everything else is saved. Correct the fields named below.")
            return self._page(request, saved, form, status=REFUSED)
        if is_to_check and (problems := scoring.problems_in(saved)):
            form.add_problems(problems)
            messages.warning(request, "Your assessment is saved as a draft. It is not submitted yet.")
            return self._page(request, saved, form, status=REFUSED)
        if is_to_check:
            return redirect("admin:applications_assessment_check", saved.pk)
        messages.success(request, f"Draft saved at {local_time(at)}.")
        return redirect(f"{request.path}#{scored.place(request.POST.get('place', ''), form.questions)}")

    def _autosaved(self, form: ScoringForm, saved: Assessment, *, at) -> HttpResponse:
        """Whatever could be read is saved; what could not is named, and does not hold up the rest."""
        problems = [{**one, "text": str(one["text"])} for one in refusals([form])]
        but = f"But not this: {' '.join(one['text'] for one in problems)}" if problems else ""
        return autosave.saved(saved, at=at, over=but, problems=problems)

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
        shown = scored.as_stored(assessment)
        return self._page(request, assessment, shown, decline_form=form, status=REFUSED)

    def _reopen(self, request: HttpRequest, assessment: Assessment, *, at) -> HttpResponse:
        form = ReopenForm(request.POST)
        if form.is_valid():
            try:
                reopening.reopen(assessment, form.cleaned_data["reopen_reason"], by=request.user, at=at)
            except reopening.NotAManager as refusal:
                raise PermissionDenied from refusal
            except reopening.ReopeningRefused as refusal:
                form.add_error("reopen_reason", str(refusal))
            else:
                messages.success(request, f"Reopened. {assessment.assessor} is told, and it counts no more.")
                return redirect(request.path)
        shown = scored.as_stored(assessment)
        return self._page(request, assessment, shown, reopen_form=form, status=REFUSED)

    def _save(self, form: ScoringForm, assessment: Assessment, request, *, at) -> Assessment:
        """Keep whatever could be read. The same text sent twice is no conflict with itself."""
        version = form.cleaned_data["version"]
        changes = form.scores(), form.verdict()
        how = {"by": request.user, "at": at, "is_autosave": autosave.is_asked(request)}
        try:
            return scoring.save(assessment, *changes, version=version, **how)
        except StaleVersion as refusal:
            if scored.differences(form, refusal.current):
                raise
            return scoring.save(assessment, *changes, version=refusal.current.version, **how)

    def _refused(
        self, request, assessment: Assessment, form: ScoringForm, refusal: Exception
    ) -> HttpResponse:
        assessment.refresh_from_db()
        differences = scored.differences(form, assessment)
        is_stale = isinstance(refusal, StaleVersion)
        found = conflict.between(assessment, scored.at_fields(form, differences), reader=request.user)
        if autosave.is_asked(request):
            return autosave.refused(CONFLICT, problems=found.problems if is_stale else [str(refusal)])
        if isinstance(refusal, scoring.Locked) and not differences:
            messages.info(request, f"You submitted this assessment at {local_time(refusal.submitted_at)}.")
            return redirect(request.path)
        if is_stale:
            return self._page(request, assessment, form, saved=differences, conflict=found, status=CONFLICT)
        messages.error(request, f"{refusal} What you typed was not saved; it stands beside what is kept.")
        typed = {name: form[name].value() for name in differences}
        return self._page(request, assessment, scored.as_stored(assessment), typed=typed, status=CONFLICT)

    def _put_back(self, request: HttpRequest, assessment: Assessment, kept: Unsaved) -> HttpResponse:
        """Show what was typed before the session ended, beside what was saved meanwhile; nothing is saved."""
        form = ScoringForm(scoring.scored_questions(assessment), kept.data)
        form.is_valid()
        found = scored.differences(form, assessment)
        if not found:
            unsaved.forget(request)
            return self._page(request, assessment, scored.as_stored(assessment))
        more: dict = {"unsaved": kept, "is_put_back": True}
        if form.cleaned_data["version"] != assessment.version:
            both = conflict.between(assessment, scored.at_fields(form, found), reader=request.user)
            more |= {"saved": found, "conflict": both, "again": f"{request.path}?saved"}
        return self._page(request, assessment, form, **more)

    def _page(
        self, request, assessment: Assessment, form: ScoringForm, *, status=200, answered=(), **other
    ) -> HttpResponse:
        if form.is_bound:
            # The next save is made over what stands now, which this page shows.
            conflict.with_version(form, assessment.version)
        is_editable = scored.is_editable(assessment, request.user)
        is_own = assessment.assessor_id == request.user.pk
        reference = assessment.application.reference
        context = {
            **self.site.each_context(request),
            "title": f"{'Assess' if is_editable else 'Assessment of'} {reference}",
            "opts": Assessment._meta,
            "is_own": is_own,
            "is_editable": is_editable,
            # After a conflict the next save is a choice, which nobody makes by pausing.
            "autosaves": is_editable and not other.get("conflict"),
            "decline_form": DeclineForm(),
            **scored.context(assessment, form, answered),
            **scored.versions(assessment, request.user),
            **(scored.onwards(assessment) if is_own and assessment.is_submitted else {}),
            **other,
        }
        return TemplateResponse(request, "admin/applications/assessment/score.html", context, status=status)
