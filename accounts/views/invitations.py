"""Inviting somebody to one's organisation, and the page that the link in the email opens."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views import View

from accounts import invitations, members
from accounts.forms.invitation import InvitationForm
from accounts.forms.members import EDIT
from accounts.models import Invitation, Organisation
from accounts.roles import Role, held_by
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from accounts.views.organisation import ApplicantRequired
from accounts.views.sign_in import REFUSED

GONE, CONFLICT = 410, 409


@method_decorator(one_effect("invite to organisation"), name="dispatch")
class Invite(ApplicantRequired, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, self._find(request, pk), InvitationForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        at = arrived_at(request)
        organisation = self._find(request, pk)
        form = InvitationForm(request.POST)
        if not form.is_valid():
            return self._page(request, organisation, form, status=REFUSED)
        email, may_edit = form.cleaned_data["email"], form.cleaned_data["right"] == EDIT
        try:
            made = invitations.invite(organisation, email, may_edit=may_edit, by=request.user, at=at)
        except (invitations.InvitationRefused, members.NotAnEditor) as refusal:
            form.add_error("email", str(refusal))
            return self._page(request, organisation, form, status=CONFLICT)
        messages.success(request, f"An invitation is on its way to {made.email}.")
        return redirect("accounts:people", pk)

    def _find(self, request: HttpRequest, pk: int) -> Organisation:
        return get_object_or_404(Organisation.objects.editable_by(request.user), pk=pk)

    def _page(
        self, request: HttpRequest, organisation: Organisation, form: InvitationForm, *, status: int = 200
    ) -> HttpResponse:
        context = {"form": form, "organisation": organisation, "days": invitations.VALID.days}
        return render(request, "accounts/invite.html", context, status=status)


class OwnInvitation(ApplicantRequired, View):
    """A button beside one of the organisation's invitations."""

    http_method_names = ("post",)

    def find(self, request: HttpRequest, pk: int, invitation: int) -> Invitation:
        organisation = get_object_or_404(Organisation.objects.editable_by(request.user), pk=pk)
        return get_object_or_404(organisation.invitations.select_related("organisation"), pk=invitation)


@method_decorator(one_effect("send invitation again"), name="dispatch")
class SendAgain(OwnInvitation):
    def post(self, request: HttpRequest, pk: int, invitation: int) -> HttpResponse:
        found = self.find(request, pk, invitation)
        try:
            invitations.send_again(found, by=request.user, at=arrived_at(request))
        except (invitations.InvitationRefused, invitations.Ended, members.NotAnEditor) as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request, f"The invitation is sent to {found.email} again. Its earlier link is dead."
            )
        return redirect("accounts:people", pk)


@method_decorator(one_effect("withdraw invitation"), name="dispatch")
class Withdraw(OwnInvitation):
    def post(self, request: HttpRequest, pk: int, invitation: int) -> HttpResponse:
        found = self.find(request, pk, invitation)
        try:
            invitations.withdraw(found, by=request.user, at=arrived_at(request))
        except (invitations.Ended, members.NotAnEditor) as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"The invitation to {found.email} is withdrawn. Its link is dead.")
        return redirect("accounts:people", pk)


class InvitationPage(View):
    """What the link opens: for anybody to read."""

    http_method_names = ("get", "head")

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        return _page(request, key)


@method_decorator(one_effect("accept invitation"), name="dispatch")
class AcceptInvitation(ApplicantRequired, View):
    """For the owner of the invited address."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        return redirect("accounts:invitation", key)

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        at = arrived_at(request)
        invitation = invitations.found_by(key)
        if invitation is None:
            return _page(request, key)
        try:
            invitations.accept(invitation, by=request.user, at=at)
        except invitations.CannotBeAccepted:
            return _page(request, key, status=CONFLICT)
        messages.success(request, f"You belong to {invitation.organisation} now.")
        return redirect("accounts:organisation")


def _page(request: HttpRequest, key: str, *, status: int = 200) -> HttpResponse:
    at, person, invitation = arrived_at(request), request.user, invitations.found_by(key)
    if invitation is None:
        return render(request, "accounts/invitation_gone.html", {}, status=GONE)
    if not invitation.is_waiting or invitation.has_expired(at):
        context = {"invitation": invitation, "is_own": invitation.accepted_by == person}
        return render(request, "accounts/invitation_gone.html", context, status=GONE)
    is_theirs = person.is_authenticated and invitation.email in invitations.confirmed_by(person)
    context = {
        "invitation": invitation,
        "key": key,
        "organisation": invitation.organisation,
        "is_theirs": is_theirs,
        "is_applicant": Role.APPLICANT in held_by(person),
    }
    return render(request, "accounts/invitation.html", context, status=status)
