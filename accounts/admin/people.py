"""People and the roles they hold: a change is asked for by one administrator and confirmed by another."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST

from accounts import appointments, holdings
from accounts.admin.records import Record
from accounts.forms.appointments import AppointmentForm, ReasonForm, as_value
from accounts.models import Holding, Region, RoleChange, User
from accounts.roles import Role, held_in
from accounts.templatetags.launchpad_format import local_time
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect


class RoleFilter(admin.SimpleListFilter):
    title = "role"
    parameter_name = "role"

    def lookups(self, request, model_admin):
        return [(role.value, role.value.capitalize()) for role in Role]

    def queryset(self, request, people):
        if self.value() not in set(Role):
            return people
        return people.filter(pk__in=Holding.objects.filter(group__name=self.value()).values("person"))


@admin.register(User)
class UserAdmin(Record):
    list_display = ("name", "email", "roles_in_words", "is_active", "joined_at")
    list_display_links = ("name", "email")
    list_filter = ("is_active", RoleFilter)
    search_fields = ("name", "email")
    ordering = ("name", "email")
    does = {Role.ADMINISTRATOR: "Ask for a change of roles, confirm one"}
    change_list_template = "admin/accounts/user/list.html"
    kept_here = "Everybody's address is read where it is needed and not taken away."

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("holdings")

    def get_urls(self):
        view = self.admin_site.admin_view
        deciding = {
            "confirm": self.confirm_view,
            "refuse": self.refuse_view,
            "take-back": self.take_back_view,
            "let-in": self.let_in_view,
        }
        return [
            path("<int:pk>/ask/", view(require_POST(self.ask_view)), name="accounts_user_ask"),
            path("<int:pk>/stop/", view(require_POST(self.stop_view)), name="accounts_user_stop"),
            *[
                path(
                    f"<int:pk>/changes/<int:change>/{verb}/",
                    view(require_POST(act)),
                    name=f"accounts_user_{verb.replace('-', '_')}",
                )
                for verb, act in deciding.items()
            ],
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        waiting = RoleChange.objects.visible_to(request.user).waiting().select_related("person", "asked_by")
        context = {
            "waiting": [_described(change) for change in waiting.order_by("asked_at", "pk")],
            "may_change": self._may_change(request),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request) or request.method == "POST":
            raise PermissionDenied
        number = (
            int(object_id) if object_id.isascii() and object_id.isdecimal() and len(object_id) < 16 else 0
        )
        return self._page(request, self._find(request, number))

    @one_effect("ask for role change")
    def ask_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        at = arrived_at(request)
        person = self._find_to_change(request, pk)
        form = AppointmentForm(_regions(), request.POST)
        if not form.is_valid():
            return self._page(request, person, form=form, status=422)
        return self._done(
            request,
            person,
            lambda: appointments.ask(
                person,
                form.appointments(),
                may_sign_in=form.cleaned_data["may_sign_in"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=at,
            ),
            "The change has been asked for. Nothing changes before another administrator confirms it.",
            form=form,
        )

    @one_effect("stop from signing in")
    def stop_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        at = arrived_at(request)
        person = self._find_to_change(request, pk)
        form = ReasonForm(request.POST, prefix="stop")
        if not form.is_valid():
            return self._page(request, person, stopping=form, status=422)
        return self._done(
            request,
            person,
            lambda: appointments.stop(person, form.cleaned_data["reason"], by=request.user, at=at),
            f"{person} cannot sign in any more, from now on.",
            stopping=form,
        )

    @one_effect("confirm role change")
    def confirm_view(self, request: HttpRequest, pk: int, change: int) -> HttpResponse:
        at = arrived_at(request)
        person = self._find_to_change(request, pk)
        asked = get_object_or_404(person.role_changes, pk=change)
        return self._done(
            request,
            person,
            lambda: appointments.confirm(asked, by=request.user, at=at),
            f"The change has taken effect. {person} is told by email.",
        )

    @one_effect("refuse role change")
    def refuse_view(self, request: HttpRequest, pk: int, change: int) -> HttpResponse:
        at = arrived_at(request)
        person = self._find_to_change(request, pk)
        asked = get_object_or_404(person.role_changes, pk=change)
        form = ReasonForm(request.POST, prefix="refuse")
        if not form.is_valid():
            return self._page(request, person, refusing=form, status=422)
        return self._done(
            request,
            person,
            lambda: appointments.refuse(asked, form.cleaned_data["reason"], by=request.user, at=at),
            "The change has been refused. Everything stays as it was.",
            refusing=form,
        )

    @one_effect("take back role change")
    def take_back_view(self, request: HttpRequest, pk: int, change: int) -> HttpResponse:
        at = arrived_at(request)
        person = self._find_to_change(request, pk)
        asked = get_object_or_404(person.role_changes, pk=change)
        return self._done(
            request,
            person,
            lambda: appointments.take_back(asked, by=request.user, at=at),
            "The change has been taken back. Everything stays as it was.",
        )

    @one_effect("let sign in again")
    def let_in_view(self, request: HttpRequest, pk: int, change: int) -> HttpResponse:
        at = arrived_at(request)
        person = self._find_to_change(request, pk)
        stop = get_object_or_404(person.role_changes, pk=change)
        form = ReasonForm(request.POST, prefix="let-in")
        if not form.is_valid():
            return self._page(request, person, letting_in=form, status=422)
        return self._done(
            request,
            person,
            lambda: appointments.let_in(stop, form.cleaned_data["reason"], by=request.user, at=at),
            f"{person} can sign in again.",
            letting_in=form,
        )

    def _done(
        self, request: HttpRequest, person: User, act: Callable[[], RoleChange], said: str, **forms
    ) -> HttpResponse:
        """Carry it out and say so, or show the page again with why it was refused."""
        try:
            act()
        except appointments.AlreadyDecided as refusal:
            messages.info(request, _when_decided(refusal.change))
            return redirect("admin:accounts_user_change", person.pk)
        except appointments.NotAnAdministrator as refusal:
            return self._page(request, person, problems=[str(refusal)], status=403, **forms)
        except appointments.AppointmentRefused as refusal:
            return self._page(request, person, problems=[str(refusal)], status=409, **forms)
        messages.success(request, said)
        return redirect("admin:accounts_user_change", person.pk)

    def _may_change(self, request: HttpRequest) -> bool:
        return Role.ADMINISTRATOR in held_in(request.user, None)

    def _find(self, request: HttpRequest, pk: int) -> User:
        return get_object_or_404(self.get_queryset(request), pk=pk)

    def _find_to_change(self, request: HttpRequest, pk: int) -> User:
        if not self._may_change(request):
            raise PermissionDenied
        return self._find(request, pk)

    def _page(
        self, request: HttpRequest, person: User, *, form=None, stopping=None, refusing=None,
        letting_in=None, problems=(), status: int = 200,
    ) -> HttpResponse:  # fmt: skip
        changes = person.role_changes.select_related("person", "asked_by", "decided_by").order_by("-pk")
        described = [_described(change) for change in changes]
        waiting = next((one for one in described if one["change"].is_waiting), None)
        is_own, may_change = person == request.user, self._may_change(request)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(person),
            "person": person,
            "held": person.held,
            "waiting": waiting,
            "has_asked": waiting is not None and waiting["change"].asked_by == request.user,
            "is_own": is_own,
            "may_change": may_change and not is_own,
            "is_alone": may_change and holdings.administrators().exclude(pk=request.user.pk).count() == 0,
            "history": [one for one in described if one is not waiting],
            "form": form or AppointmentForm(_regions(), initial=_as_held(person)),
            "stopping": stopping or ReasonForm(prefix="stop"),
            "refusing": refusing or ReasonForm(prefix="refuse"),
            "stop": RoleChange.objects.select_related("asked_by").stop_of(person),
            "letting_in": letting_in or ReasonForm(prefix="let-in"),
            "problems": list(problems),
            "faults": _faults(form, stopping, refusing, letting_in),
        }
        return TemplateResponse(request, "admin/accounts/user/person.html", context, status=status)

    @admin.display(description="roles")
    def roles_in_words(self, person):
        return ", ".join(held.in_words for held in person.held) or "none"


def _regions():
    return Region.objects.order_by("name")


def _as_held(person: User) -> dict:
    return {
        "held": [as_value(held.appointment) for held in person.held],
        "may_sign_in": person.is_active,
    }


def _faults(*forms) -> list[tuple[str, str]]:
    """What is wrong with the form that was sent, each with the field it is about."""
    sent = [form for form in forms if form is not None]
    return [
        (form[name].id_for_label or name, error)
        for form in sent
        for name, errors in form.errors.items()
        for error in errors
    ]


def _described(change: RoleChange) -> dict:
    """The change with what it gives and takes, in words."""
    before, after = change.held_before, change.held_after
    return {
        "change": change,
        "given": holdings.in_words(after - before) if after - before else "",
        "taken": holdings.in_words(before - after) if before - after else "",
        "after": holdings.in_words(after),
        "gives_sign_in": change.may_sign_in and not change.could_sign_in,
        "takes_sign_in": change.could_sign_in and not change.may_sign_in,
    }


def _when_decided(change: RoleChange) -> str:
    by = f" by {change.decided_by}" if change.decided_by else ""
    return f"Already {change.get_state_display().lower()}{by} at {local_time(change.decided_at)}."
