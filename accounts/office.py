from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import waiting
from accounts.roles import OFFICE, OPERATORS, held_by
from accounts.views.arrival import arrived_at

#: The rooms of the office as its people call them, in the order of the story.
ROOMS = {
    "applications": "Competitions and applications",
    "funding": "Money and reports",
    "accounts": "People, organisations and messages",
    "auth": "Roles",
}


class Office(AdminSite):
    """Where assessors and staff work: Django's admin under our name and sign-in.

    Open to whoever holds a role of the office. Signing in, signing out and passwords are the same
    pages as everywhere else.
    """

    site_header = "Launchpad office"
    site_title = "Launchpad office"
    index_title = "Your work"
    # The list of what one may open is the index; beside a wide table it only takes the room.
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and bool(held_by(request.user) & OFFICE)

    def each_context(self, request: HttpRequest) -> dict:
        held = request.user.held if request.user.is_authenticated else []
        roles = [one.in_words for one in held if one.role in OFFICE]
        runs_the_service = any(one.role in OPERATORS for one in held)
        more = {"office_roles": roles, "runs_the_service": runs_the_service}
        return {**super().each_context(request), **more}

    def index(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """Open with what waits for this person, above all that they may open."""
        at = arrived_at(request)
        waits = waiting.for_person(request.user, at=at) if request.user.is_authenticated else []
        return super().index(request, {"waiting": waits, **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict]:
        apps = {app["app_label"]: app for app in super().get_app_list(request, app_label)}
        held = held_by(request.user)
        for model in (model for app in apps.values() for model in app["models"]):
            does = getattr(self._registry[model["model"]], "does", {})
            model["does"] = next((does[role] for role in does if role in held), "")
        known = [{**apps.pop(label), "name": name} for label, name in ROOMS.items() if label in apps]
        return [*known, *apps.values()]

    def login(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
        if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
            wanted = reverse("admin:index", current_app=self.name)
        if self.has_permission(request):
            return redirect(wanted)
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(wanted)

    def logout(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        return redirect("account_email")
