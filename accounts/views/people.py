"""Who belongs to an organisation, as its members see it and its editors change it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views import View

from accounts import members
from accounts.forms.members import EDIT, NONE, MemberForm
from accounts.models import Invitation, Membership, Notification, Organisation
from accounts.templatetags.launchpad_notifications import with_fates
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from accounts.views.organisation import ApplicantRequired
from accounts.views.sign_in import REFUSED


class OrganisationPeople(ApplicantRequired, View):
    """Everybody who belongs to one's organisation, with what they may do."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        organisation = get_object_or_404(Organisation.objects.belonging_to(request.user), pk=pk)
        people = organisation.memberships.select_related("person").order_by("person__name", "person__email")
        invited = _with_fates(organisation.invitations.waiting()) if organisation.may_be_edited else []
        asking = organisation.membership_requests.waiting().select_related("asked_by").order_by("pk")
        context = {
            "organisation": organisation,
            "memberships": people,
            "asking": asking,
            "invited": invited,
            "now": arrived_at(request),
        }
        return render(request, "accounts/people.html", context)


def _with_fates(invitations) -> list[tuple[Invitation, str]]:
    """Each with what became of its last email, in two queries."""
    rows = list(invitations.order_by("invited_at", "pk"))
    sent = Notification.objects.filter(subject_word="invitation", subject_id__in=[row.pk for row in rows])
    last = {one.subject_id: became for one, became in with_fates(sent.order_by("pk"))}
    return [(row, last.get(row.pk, "")) for row in rows]


@method_decorator(one_effect("change member"), name="dispatch")
class ChangeMember(ApplicantRequired, View):
    """What one member may do. An editor decides for everybody; each member may leave."""

    def get(self, request: HttpRequest, pk: int, member: int) -> HttpResponse:
        membership, may_change = self._find(request, pk, member)
        return self._page(request, membership, self._form(request, membership, may_change))

    def post(self, request: HttpRequest, pk: int, member: int) -> HttpResponse:
        at = arrived_at(request)
        membership, may_change = self._find(request, pk, member)
        form = self._form(request, membership, may_change, request.POST)
        if not form.is_valid():
            return self._page(request, membership, form, status=REFUSED)
        right = form.cleaned_data["right"]
        is_own = membership.person == request.user
        try:
            if right != NONE:
                members.change(membership, may_edit=right == EDIT, by=request.user, at=at)
            elif is_own:
                members.leave(membership.organisation, by=request.user, at=at)
            else:
                members.remove(membership, by=request.user, at=at)
        except members.MembershipRefused as refusal:
            form.add_error("right", str(refusal))
            return self._page(request, membership, form, status=409)
        if right == NONE and is_own:
            messages.success(request, f"You have left {membership.organisation}.")
            return redirect("accounts:organisation")
        what = "does not belong to it any more" if right == NONE else f"can {right} now"
        messages.success(request, f"{membership.person} {what}.")
        return redirect("accounts:people", pk)

    def _find(self, request: HttpRequest, pk: int, member: int) -> tuple[Membership, bool]:
        organisation = get_object_or_404(Organisation.objects.belonging_to(request.user), pk=pk)
        rows = organisation.memberships.select_related("person", "organisation")
        membership = get_object_or_404(rows, pk=member)
        if not (organisation.may_be_edited or membership.person == request.user):
            raise Http404
        return membership, organisation.may_be_edited

    def _form(self, request: HttpRequest, membership: Membership, may_change: bool, data=None) -> MemberForm:
        is_own = membership.person == request.user
        return MemberForm(membership, data, is_own=is_own, may_change=may_change)

    def _page(
        self, request: HttpRequest, membership: Membership, form: MemberForm, *, status: int = 200
    ) -> HttpResponse:
        context = {
            "form": form,
            "membership": membership,
            "organisation": membership.organisation,
            "is_last_editor": members.is_last_editor(membership),
        }
        return render(request, "accounts/member.html", context, status=status)
