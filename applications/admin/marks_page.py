"""All marks of one application side by side, what two people exclude, and notes for the panel."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin import site as admin_site
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views import View

from accounts.roles import held_by
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications.assessment import marks, moderation
from applications.forms.moderation import DecideExclusionForm, ExcludeForm, LiftForm, NoteForm
from applications.models import READERS, Application, Exclusion
from applications.workflow import Status

NO_SUCH_ROW = "Choose one that stands on this page."


class MarksView(View):
    """What the page and its buttons share: each finds the application among those the person may see."""

    site: AdminSite = admin_site

    def find(self, request: HttpRequest, pk: int) -> Application:
        if not held_by(request.user) & READERS:
            raise PermissionDenied
        visible = Application.objects.visible_to(request.user).exclude(status=Status.DRAFT)
        return get_object_or_404(visible.select_related("competition"), pk=pk)

    def page(
        self, request: HttpRequest, application: Application, *, problems=(), status: int = 200, **sent: Form
    ) -> HttpResponse:
        table = marks.of(application)
        why_not = moderation.why_not(application, request.user)
        context = {
            **self.site.each_context(request),
            "title": f"Marks of {application.reference}",
            "opts": Application._meta,
            "application": application,
            "competition": application.competition,
            "marks": table,
            "exclusions": _exclusions(application, request.user, sent, may=not why_not),
            "notes": application.moderation_notes.select_related("written_by").order_by("written_at", "pk"),
            "rule": moderation.RULE,
            "why_not": why_not,
            "may_exclude": not why_not and application.status == Status.IN_ASSESSMENT,
            "form": sent.get("exclude") or ExcludeForm(table),
            "note_form": sent.get("note") or NoteForm(),
            "problems": problems,
            "errors": [
                error for form in sent.values() for errors in form.errors.values() for error in errors
            ],
        }
        template = "admin/applications/application/marks.html"
        return TemplateResponse(request, template, context, status=status)

    def act(
        self, request: HttpRequest, pk: int, said: str, deed: Callable[[], object], **sent
    ) -> HttpResponse:
        """Do it and come back to the page, or show the page with why it was refused and what was typed."""
        try:
            deed()
        except (moderation.NotAModerator, moderation.OwnOrganisation, moderation.OwnAssessment) as refusal:
            return self.page(request, self.find(request, pk), problems=[str(refusal)], status=403, **sent)
        except moderation.TextRefused as refusal:
            return self.page(request, self.find(request, pk), problems=[str(refusal)], status=422, **sent)
        except moderation.ModerationRefused as refusal:
            return self.page(request, self.find(request, pk), problems=[str(refusal)], status=409, **sent)
        messages.success(request, said)
        return redirect("admin:applications_application_marks", pk)


class MarksPage(MarksView):
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(request, self.find(request, pk))


@method_decorator(one_effect("propose exclusion"), name="dispatch")
class ProposeExclusion(MarksView):
    """Of what counts, to exclude it; or, with ``exclusion``, of what is excluded, to let it count again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        application = self.find(request, pk)
        _check_role(request, application)
        if "exclusion" in request.POST:
            return self._lift(request, application)
        at, form = arrived_at(request), ExcludeForm(marks.of(application), request.POST)
        if not form.is_valid():
            return self.page(request, application, status=422, exclude=form)
        chosen, question_id = form.chosen()
        assessment = application.assessments.get(pk=chosen)
        scored = application.competition.question_set.questions  # type: ignore[union-attr]
        question = scored.get(pk=question_id) if question_id else None
        reason, said = (
            form.cleaned_data["reason"],
            "It is proposed. It counts until a second person confirms.",
        )
        return self.act(
            request,
            pk,
            said,
            lambda: moderation.propose(assessment, question, reason=reason, by=request.user, at=at),
            exclude=form,
        )

    def _lift(self, request: HttpRequest, application: Application) -> HttpResponse:
        at, form = arrived_at(request), LiftForm(request.POST)
        exclusion = _chosen(request, application)
        if exclusion is None:
            return self.page(request, application, problems=[NO_SUCH_ROW], status=422)
        if not form.is_valid():
            return self.page(request, application, status=422, **{f"lift-{exclusion.pk}": form})
        reason = form.cleaned_data["reason"]
        return self.act(
            request,
            application.pk,
            "It is proposed. It stays out of the mean until a second person confirms.",
            lambda: moderation.propose_lifting(exclusion, reason=reason, by=request.user, at=at),
            **{f"lift-{exclusion.pk}": form},
        )


@method_decorator(one_effect("decide exclusion"), name="dispatch")
class DecideExclusion(MarksView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        application = self.find(request, pk)
        _check_role(request, application)
        at, form = arrived_at(request), DecideExclusionForm(request.POST)
        exclusion = _chosen(request, application)
        if exclusion is None:
            return self.page(request, application, problems=[NO_SUCH_ROW], status=422)
        if not form.is_valid():
            return self.page(request, application, status=422, **{f"decide-{exclusion.pk}": form})
        confirm, reason = form.cleaned_data["decision"] == "confirm", form.cleaned_data["decision_reason"]
        return self.act(
            request,
            pk,
            "It is confirmed, and the mean is what it is without it." if confirm else "It is refused.",
            lambda: moderation.decide(exclusion, confirm=confirm, reason=reason, by=request.user, at=at),
            **{f"decide-{exclusion.pk}": form},
        )


@method_decorator(one_effect("note on marks"), name="dispatch")
class WriteNote(MarksView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        application = self.find(request, pk)
        _check_role(request, application)
        at, form = arrived_at(request), NoteForm(request.POST)
        if not form.is_valid():
            return self.page(request, application, status=422, note=form)
        text = form.cleaned_data["text"]
        return self.act(
            request,
            pk,
            "The note is kept.",
            lambda: moderation.note(application, text, by=request.user, at=at),
            note=form,
        )


def _check_role(request: HttpRequest, application: Application) -> None:
    if not request.user.roles_in(application.competition.region_id) & moderation.MODERATORS:
        raise PermissionDenied


def _chosen(request: HttpRequest, application: Application) -> Exclusion | None:
    named = request.POST.get("exclusion", "")
    pk = int(named) if named.isascii() and named.isdecimal() and len(named) < 19 else 0
    return Exclusion.objects.filter(assessment__application=application, pk=pk).first()


def _exclusions(application: Application, person, sent: dict[str, Form], *, may: bool) -> list[dict]:
    """Each with the form by which this person may decide it, or lift it."""
    rows = (
        Exclusion.objects.filter(assessment__application=application)
        .select_related("assessment__assessor", "question", "proposed_by", "decided_by")
        .order_by("proposed_at", "pk")
    )
    in_force = set(rows.in_force().values_list("pk", flat=True))
    open_ = may and application.status == Status.IN_ASSESSMENT
    return [
        {
            "row": row,
            "in_force": row.pk in in_force,
            "is_own": row.is_waiting and row.proposed_by_id == person.pk,
            "decide": (sent.get(f"decide-{row.pk}") or DecideExclusionForm(auto_id=f"decide-{row.pk}-%s"))
            if open_ and row.is_waiting and person.pk not in (row.proposed_by_id, row.assessment.assessor_id)
            else None,
            "lift": (sent.get(f"lift-{row.pk}") or LiftForm(auto_id=f"lift-{row.pk}-%s"))
            if open_ and row.pk in in_force and person.pk != row.assessment.assessor_id
            else None,
        }
        for row in rows
    ]
