"""The page on which an assessor keeps their facts, enters into the agreement and declares."""

from datetime import datetime

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin import site as admin_site
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts import london
from accounts.forms import conflict
from accounts.models import User
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
NO_INTEREST = {"whose": "own"}
#: Chosen by a button that nobody can let go of again: alone they are no interest.
CHOSEN = ("interest_kind", "whose")
OWN = "admin:applications_assessorprofile_own"
CHANGED = "You saved your profile in another window meanwhile. What you typed is below; save it again."


@method_decorator([never_cache, one_effect("keep assessor profile")], name="dispatch")
class AssessorPage(View):
    """One form with five buttons. Each of them keeps all that was typed: the facts where they are other
    than what is kept, and an interest; what is refused comes back as it was typed, and nothing is kept."""

    site: AdminSite = admin_site

    def dispatch(self, request, *args, **options):
        if Role.ASSESSOR not in held_by(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **options)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        at = arrived_at(request)
        form, interest_form = _facts(request), _interest(request)
        typed = {**_ticks(request), "form": form, "interest_form": interest_form}
        if not all([one.is_valid() for one in (form, interest_form) if one.is_bound]):
            return self._page(request, status=REFUSED, **typed)
        try:
            # What is refused undoes what was kept before it.
            with transaction.atomic():
                said = _carry_out(request, form, interest_form, at)
        except StaleVersion as refusal:
            conflict.with_version(form, refusal.current.version)
            messages.warning(request, CHANGED)
            return self._page(request, status=CONFLICT, **typed)
        except profiles.TooMany as refusal:
            interest_form.add_error("organisation_name", str(refusal))
            return self._page(request, status=REFUSED, **typed)
        except declarations.NotConfirmed:
            return self._page(request, status=REFUSED, **{**typed, **_not_ticked(request)})
        except declarations.NotDeclared as refusal:
            messages.error(request, str(refusal))
            # Where the agreement is another by now, that one has not been read.
            return self._page(request, status=CONFLICT, **{**typed, "agreement_form": _agreement()})
        self._say(request, said)
        return redirect(OWN)

    def _say(self, request: HttpRequest, said: list[str]) -> None:
        """What was done, and that the declaration has ended where it differs from the facts now."""
        done = " ".join(said)
        if profiles.own(request.user).undeclared_since:
            messages.warning(request, f"{done} It is not what you declared: declare again.")
        else:
            messages.success(request, done)

    def _page(self, request: HttpRequest, *, status: int = 200, **forms) -> HttpResponse:
        day = london.day_of(arrived_at(request))
        profile = profiles.own(request.user)
        agreement, declared = declarations.current_agreement(), declarations.made_by(request.user).first()
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
            "declared": declared,
            "declared_on": declarations.made_on(declared) if declared else "",
            "today": day,
            "form": AssessorProfileForm(initial=initial_of(profile), profile=profile),
            "interest_form": InterestForm(initial=NO_INTEREST),
            "declaration_form": DeclarationForm(),
            "agreement_form": _agreement(),
            **forms,
        }
        template = "admin/applications/assessorprofile/own.html"
        return TemplateResponse(request, template, context, status=status)


def _facts(request: HttpRequest) -> AssessorProfileForm:
    """The facts as they were typed; as they are kept where the form came without them."""
    profile = profiles.own(request.user)
    sent = request.POST if "save" in request.POST or "version" in request.POST else None
    return AssessorProfileForm(sent, initial=initial_of(profile), profile=profile)


def is_other(form: AssessorProfileForm) -> bool:
    """Whether the facts are other than what is kept, or none are kept yet."""
    return form.profile.pk is None or bool(set(form.changed_data) - {"version"})


def _interest(request: HttpRequest) -> InterestForm:
    """The interest as it was typed, to be entered; else an empty form with what was chosen."""
    form = InterestForm(request.POST, initial=NO_INTEREST)
    if "add" in request.POST or set(form.changed_data) - set(CHOSEN):
        return form
    return InterestForm(initial={**NO_INTEREST, **{name: request.POST.get(name, "") for name in CHOSEN}})


def _ticks(request: HttpRequest) -> dict:
    """The two confirmations with what was ticked, so that it stays ticked where something else is refused."""
    return {
        "declaration_form": DeclarationForm(initial={"is_true": "is_true" in request.POST}),
        "agreement_form": _agreement(is_agreed="is_agreed" in request.POST),
    }


def _not_ticked(request: HttpRequest) -> dict:
    """The form of the button that was pressed, with what is missing."""
    if "declare" in request.POST:
        return {"declaration_form": DeclarationForm(request.POST)}
    return {"agreement_form": AgreementForm(request.POST)}


def _agreement(**ticked: bool) -> AgreementForm:
    agreement = declarations.current_agreement()
    return AgreementForm(initial={"agreement": agreement.number if agreement else 0, **ticked})


def _carry_out(
    request: HttpRequest, form: AssessorProfileForm, interest_form: InterestForm, at: datetime
) -> list[str]:
    """Keep what was typed, then do what the button says; returns what was done, in sentences."""
    said, sent, by = [], request.POST, request.user
    if form.is_bound and ("save" in sent or is_other(form)):
        said.append(_save(form, by=by, at=at))
    if interest_form.is_bound:
        said.append(_add(interest_form, by=by, at=at))
    if "remove" in sent:
        said.append(_remove(sent["remove"], by=by, at=at))
    elif "agree" in sent:
        agreement = AgreementForm(sent)
        agreement.full_clean()
        version = agreement.cleaned_data.get("agreement") or 0
        declarations.accept(version, is_confirmed=agreement.is_valid(), by=by, at=at)
        said.append("You have accepted the agreement.")
    elif "declare" in sent:
        declarations.declare(is_confirmed=DeclarationForm(sent).is_valid(), by=by, at=at)
        said.append("Thank you. Your declaration is kept.")
    return said


def _save(form: AssessorProfileForm, *, by: User, at: datetime) -> str:
    given = dict(form.cleaned_data)
    skills = [skill.pk for skill in given.pop("skills")]
    profiles.save(given, skills, version=given.pop("version"), by=by, at=at)
    return "Your profile is saved."


def _add(form: InterestForm, *, by: User, at: datetime) -> str:
    profiles.add_interest(form.facts, by=by, at=at)
    return "The interest is entered."


def _remove(named: str, *, by: User, at: datetime) -> str:
    pk = int(named) if named.isascii() and named.isdecimal() and len(named) < 19 else 0
    profiles.remove_interest(pk, by=by, at=at)
    return "The interest is taken out. Declarations you have made keep it."
