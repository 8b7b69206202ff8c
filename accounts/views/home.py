from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect

from accounts.models import Organisation
from accounts.roles import Role


@login_required
def home_after_sign_in(request):
    """Send each person to where their work is.

    An applicant who belongs to no organisation is asked for its details first.
    """
    if request.user.is_staff and Role.APPLICANT not in request.user.roles:
        return redirect("admin:index")
    if Organisation.objects.editable_by(request.user).exists():
        return redirect("applications:dashboard")
    return redirect("admin:index" if request.user.is_staff else "accounts:organisation_create")
