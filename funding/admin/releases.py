"""Releasing outcomes from the office: rehearsed, begun, and recalled while they wait."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.views.decorators.http import require_POST

from accounts.formats import local_time
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications.assessment import independence
from applications.models import Application
from funding import duties, rehearsal, release
from funding.admin import waits
from funding.admin.panel import PanelPages
from funding.admin.panel_reading import answer, bound_by
from funding.forms.reasons import RecallForm
from funding.models import Allocation, AllocationLine, Release

NOT_APPROVED = "Only an approved allocation can be released."


def allocation_of(request: HttpRequest, pk: int) -> Allocation:
    visible = Allocation.objects.visible_to(request.user)
    return get_object_or_404(visible.select_related("proposed_by", "decided_by", "released_by"), pk=pk)


class ReleasePages(PanelPages):
    #: The page of one allocation, shown again with what was wrong.
    _page: Callable[..., HttpResponse]

    def release_urls(self, view) -> list:
        return [
            path("<int:pk>/release/", view(self.release_view), name="funding_allocation_release"),
            path(
                "<int:pk>/recall/",
                view(require_POST(self.recall_view)),
                name="funding_allocation_recall",
            ),
        ]

    def release_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method == "POST":
            return self.begin_view(request, pk)
        allocation = _of_releaser(request, pk)
        if not allocation.is_approved:
            return self._page(request, pk, problems=[NOT_APPROVED], status=409)
        if reference := request.GET.get("message"):
            return self._message(request, allocation, reference)
        return self._rehearsed(request, allocation)

    def _rehearsed(self, request, allocation: Allocation, *, problems=(), status=200) -> HttpResponse:
        rehearsed = rehearsal.of(allocation, request.user, arrived_at(request))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Release the outcomes of allocation {allocation.pk}",
            "allocation": allocation,
            "rehearsal": rehearsed,
            "lacking": _by_line(allocation, rehearsed.lacking),
            "waiting": release.waiting_of(allocation),
            "wait_minutes": int(settings.RELEASE_WAIT.total_seconds() // 60),
            "bound": bound_by(request.user, allocation.lines.values("application")),
            "problems": problems,
        }
        return answer(request, "release", context, status)

    def _message(self, request: HttpRequest, allocation: Allocation, reference: str) -> HttpResponse:
        """The text of one message, as its first reader would get it."""
        rows = Application.objects.filter(allocation_lines__allocation=allocation)
        application = get_object_or_404(rows, reference=reference)
        letter = rehearsal.letter(allocation, application, request.user, arrived_at(request))
        if letter is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Message about {application.reference}",
            "allocation": allocation,
            "application": application,
            "letter": letter,
        }
        return answer(request, "message", context, 200)

    @one_effect("release outcomes")
    def begin_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        at = arrived_at(request)
        allocation = allocation_of(request, pk)
        try:
            with waits.in_time():
                begun = release.release(allocation, by=request.user, at=at)
        except duties.RoleMissing as refusal:
            raise PermissionDenied from refusal
        except independence.OwnOrganisation as refusal:
            return self._rehearsed(request, allocation, problems=[str(refusal)], status=409)
        except release.AlreadyReleased as refusal:
            messages.info(request, f"Already released by {refusal.by} at {local_time(refusal.at)}.")
            return redirect("admin:funding_allocation_change", pk)
        except release.AlreadyWaiting as refusal:
            one = refusal.release
            words = f"Already begun by {one.started_by} at {local_time(one.started_at)}."
            messages.info(request, words)
            return redirect("admin:funding_allocation_change", pk)
        except release.NotApproved:
            return self._page(request, pk, problems=[NOT_APPROVED], status=409)
        except release.NothingToTell:
            problem = "There is no outcome to release: nothing is decided, or all of it waits."
            return self._rehearsed(request, allocation, problems=[problem], status=409)
        except release.FeedbackLacking:
            # The rehearsal says what is missing, and how it is mended.
            return self._rehearsed(request, allocation, status=409)
        except waits.TryAgain:
            # Not the rehearsal, which would wait for the same rows.
            return self._page(request, pk, problems=[waits.TRY_AGAIN], status=503)
        if begun.is_waiting:
            goes = local_time(begun.goes_at)
            said = f"The outcomes will be released at {goes}. Until then you can recall them."
        else:
            said = "The outcomes have been released. Each applicant is sent an email."
        messages.success(request, said)
        return redirect("admin:funding_allocation_change", pk)

    @one_effect("recall release")
    def recall_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        at = arrived_at(request)
        allocation = _of_releaser(request, pk)
        waiting = Release.objects.filter(allocation=allocation).select_related("allocation").last()
        if waiting is None:
            raise Http404
        form = RecallForm(request.POST)
        if not form.is_valid() and waiting.is_waiting:
            return self._page(request, pk, recall_form=form, status=422)
        reason = form.cleaned_data.get("recall_reason", "")
        try:
            with waits.in_time():
                release.recall(waiting, reason, by=request.user, at=at)
        except release.RecallRefused as refusal:
            return self._page(request, pk, problems=[str(refusal)], status=422)
        except waits.TryAgain:
            return self._page(request, pk, problems=[waits.TRY_AGAIN], recall_form=form, status=503)
        messages.success(
            request, "The release has been recalled. Nobody outside the office saw anything of it."
        )
        return redirect("admin:funding_allocation_change", pk)


def _by_line(
    allocation: Allocation, lacking: list[tuple[str, str]]
) -> list[tuple[AllocationLine, list[str]]]:
    """The lines without feedback, and their questions that have none."""
    questions: dict[str, list[str]] = {}
    for reference, question in lacking:
        questions.setdefault(reference, []).append(question)
    rows = allocation.lines.filter(application__reference__in=questions).select_related("application")
    return [(line, questions[line.application.reference]) for line in rows.order_by("position")]


def _of_releaser(request: HttpRequest, pk: int) -> Allocation:
    allocation = allocation_of(request, pk)
    if not request.user.roles_in_all(allocation.region_ids()) & duties.RELEASE:
        raise PermissionDenied
    return allocation
