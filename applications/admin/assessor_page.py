"""The page on which an assessor keeps their facts, enters into the agreement and declares."""

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin import site as admin_site
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts import london
from accounts.forms import conflict
from accounts.roles import Role, held_by
from accounts.versions import StaleVersion
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications.assessment import declarations, profiles
from applications.forms.assessor import (
    AgreementForm,
    AssessorProfileForm,
    DeclarationForm,
    InterestForm,
    initial_of,
)
from applications.models import AgreementAcceptance, AssessorProfile

REFUSED, CONFLICT = 422, 409
OWN = "admin:applications_assessorprofile_own"
CHANGED = "You saved your profile in another window meanwhile. What you typed is below; save it again."


@method_decorator([never_cache, one_effect("keep assessor profile")], name="dispatch")
class AssessorPage(View):
    """Five buttons on one page; what is refused comes back as it was typed."""

    site: AdminSite = admin_site

    def dispatch(self, request, *args, **options):
        if Role.ASSESSOR not in held_by(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **options)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        at = arrived_at(request)
        if "declare" in request.POST:
            return self._declare(request, at)
        if "agree" in request.POST:
            return self._agree(request, at)
        if "add" in request.POST:
            return self._add(request, at)
        if "remove" in request.POST:
            return self._remove(request, at)
        return self._save(request, at)

    def _save(self, request: HttpRequest, at) -> HttpResponse:
        profile = profiles.own(request.user)
        form = AssessorProfileForm(request.POST, profile=profile)
        if not form.is_valid():
            return self._page(request, form=form, status=REFUSED)
        given = dict(form.cleaned_data)
        skills = [skill.pk for skill in given.pop("skills")]
        try:
            profiles.save(given, skills, version=given.pop("version"), by=request.user, at=at)
        except StaleVersion as refusal:
            conflict.with_version(form, refusal.current.version)
            messages.warning(request, CHANGED)
            return self._page(request, form=form, status=CONFLICT)
        self._say(request, "Your profile is saved.")
        return redirect(OWN)

    def _add(self, request: HttpRequest, at) -> HttpResponse:
        form = InterestForm(request.POST)
        if not form.is_valid():
            return self._page(request, interest_form=form, status=REFUSED)
        try:
            profiles.add_interest(form.facts, by=request.user, at=at)
        except profiles.TooMany as refusal:
            form.add_error("organisation_name", str(refusal))
            return self._page(request, interest_form=form, status=REFUSED)
        self._say(request, "The interest is entered.")
        return redirect(OWN)

    def _remove(self, request: HttpRequest, at) -> HttpResponse:
        named = request.POST["remove"]
        profiles.remove_interest(
            int(named) if named.isascii() and named.isdecimal() and len(named) < 19 else 0,
            by=request.user,
            at=at,
        )
        self._say(request, "The interest is taken out. Declarations you have made keep it.")
        return redirect(OWN)

    def _agree(self, request: HttpRequest, at) -> HttpResponse:
        form = AgreementForm(request.POST)
        form.full_clean()
        try:
            declarations.accept(
                form.cleaned_data.get("agreement") or 0,
                is_confirmed=bool(form.cleaned_data.get("is_agreed")),
                by=request.user,
                at=at,
            )
        except declarations.NotConfirmed:
            return self._page(request, agreement_form=form, status=REFUSED)
        except declarations.NotDeclared as refusal:
            messages.error(request, str(refusal))
            return self._page(request, status=CONFLICT)
        messages.success(request, "You have accepted the agreement.")
        return redirect(OWN)

    def _declare(self, request: HttpRequest, at) -> HttpResponse:
        form = DeclarationForm(request.POST)
        form.full_clean()
        try:
            declarations.declare(is_confirmed=bool(form.cleaned_data.get("is_true")), by=request.user, at=at)
        except declarations.NotConfirmed:
            return self._page(request, declaration_form=form, status=REFUSED)
        except declarations.NotDeclared as refusal:
            messages.error(request, str(refusal))
            return self._page(request, status=CONFLICT)
        messages.success(request, "Thank you. Your declaration is kept.")
        return redirect(OWN)

    def _say(self, request: HttpRequest, done: str) -> None:
        """What was done, and that the declaration has ended where it differs from the facts now."""
        if profiles.own(request.user).undeclared_since:
            messages.warning(request, f"{done} It is not what you declared: declare again.")
        else:
            messages.success(request, done)

    def _page(self, request: HttpRequest, *, status: int = 200, **forms) -> HttpResponse:
        day = london.day_of(arrived_at(request))
        profile = profiles.own(request.user)
        agreement = declarations.current_agreement()
        accepted = AgreementAcceptance.objects.filter(version=agreement, person=request.user).first()
        context = {
            **self.site.each_context(request),
            "title": "Your assessor profile",
            "opts": AssessorProfile._meta,
            "profile": profile,
            "interests": profile.interests.order_by("pk") if profile.pk else [],
            "missing": declarations.missing(request.user, day),
            "agreement": agreement,
            "accepted": accepted if agreement else None,
            "declared": request.user.declarations.order_by("-declared_at", "-pk").first(),
            "today": day,
            "form": AssessorProfileForm(initial=initial_of(profile), profile=profile),
            "interest_form": InterestForm(initial={"whose": "own"}),
            "declaration_form": DeclarationForm(),
            "agreement_form": AgreementForm(initial={"agreement": agreement.number if agreement else 0}),
            **forms,
        }
        template = "admin/applications/assessorprofile/own.html"
        return TemplateResponse(request, template, context, status=status)
