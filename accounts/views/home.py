from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect
from django.urls import reverse

from accounts import invitations, sign_up
from accounts.models import Invitation, Organisation
from accounts.roles import Role
from accounts.views import returning
from accounts.views.arrival import arrived_at


@login_required
def home_after_sign_in(request):
    """Send each person to where their work is.

    An applicant who belongs to no organisation is asked for its details first, unless one invites them.
    Who signed up on the way to a page of theirs goes on to it, to an invitation before anything else.
    """
    wanted = returning.taken(request)
    if request.user.is_staff and Role.APPLICANT not in request.user.roles:
        return redirect("admin:index")
    page = returning.page_of(wanted) if wanted else None
    if page is not None and page.view_name in sign_up.invited_on:
        return redirect(wanted)
    if Organisation.objects.editable_by(request.user).exists():
        return redirect(wanted or "applications:dashboard")
    if request.user.is_staff:
        return redirect("admin:index")
    invited = Invitation.objects.open_to(invitations.confirmed_by(request.user), arrived_at(request))
    is_in = request.user.memberships.exists()
    if is_in or invited.exists():
        return redirect("accounts:organisation")
    first = reverse("accounts:organisation_create")
    return redirect(f"{first}?{urlencode({'next': wanted})}" if wanted else first)
