"""The page that the link of an assessor's invitation opens: for anybody to read, for its owner to accept."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.roles import Role, held_in
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications.assessment import inviting

GONE, CONFLICT = 410, 409
PAGE = "applications:assessor_invitation"


@method_decorator(never_cache, name="dispatch")
class InvitationPage(View):
    http_method_names = ("get", "head")

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        return _page(request, key)


@method_decorator([never_cache, one_effect("accept assessor invitation")], name="dispatch")
class AcceptInvitation(LoginRequiredMixin, View):
    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        return redirect(PAGE, key)

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        invitation = inviting.found_by(key)
        if invitation is None:
            return _page(request, key)
        try:
            accepted = inviting.accept(invitation, by=request.user, at=arrived_at(request))
        except inviting.CannotBeAsked as refusal:
            return _page(request, key, problem=str(refusal), status=CONFLICT)
        except inviting.CannotBeAccepted:
            return _page(request, key, status=CONFLICT)
        if accepted.role_change is None:
            messages.success(request, "You have accepted. You are an assessor there already.")
            return redirect("admin:applications_assessorprofile_own")
        messages.success(request, "You have accepted the invitation.")
        return redirect(PAGE, key)


def _page(request: HttpRequest, key: str, *, problem: str = "", status: int = 200) -> HttpResponse:
    at, person, invitation = arrived_at(request), request.user, inviting.found_by(key)
    is_open = invitation is not None and invitation.is_waiting and not invitation.has_expired(at)
    is_own = person.is_authenticated and invitation is not None and invitation.accepted_by_id == person.pk
    context = {
        "invitation": invitation,
        "key": key,
        "is_assessor": invitation is not None and Role.ASSESSOR in held_in(person, invitation.region_id),
        "problem": problem,
    }
    if is_own:
        return render(request, "applications/assessor_invitation_accepted.html", context, status=status)
    if not is_open:
        return render(request, "applications/assessor_invitation_gone.html", context, status=GONE)
    context["is_theirs"] = person.is_authenticated and inviting.is_theirs(invitation, person)
    return render(request, "applications/assessor_invitation.html", context, status=status)
