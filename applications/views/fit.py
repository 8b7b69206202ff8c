"""The eligibility check: a few questions before a form is started, and what each rule makes of the answers.

Anybody may do it. The answers stay with the browser's session, also while its person creates an
account, and go into the application that is started from them.
"""

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from accounts.roles import Role, held_by
from accounts.views.arrival import arrived_at
from applications import fit, rules, verdict, waivers
from applications.fit import Finding, Standing
from applications.forms.fit import FitForm
from applications.models import Application, Competition, LimitBasis, State
from applications.views.pages import REFUSED

#: Where the session keeps them, by the competition's code; of the last few competitions only.
ANSWERS, MOST = "fit", 5
#: Where it keeps the amount that was typed, by the reference of what was started from it.
AMOUNTS = "fit amounts"


class Check(View):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        competition = checked_competition(request, code)
        if not is_open_to_check(request, competition):
            return redirect("applications:competition", code)
        return self.show(request, competition, form_of(competition, typed(request, competition)))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        competition = checked_competition(request, code)
        if not is_open_to_check(request, competition):
            return redirect("applications:competition", code)
        form = form_of(competition, request.POST)
        if not form.is_valid():
            return self.show(request, competition, form, status=REFUSED)
        others = {key: value for key, value in request.session.get(ANSWERS, {}).items() if key != code}
        kept = dict(list(others.items())[-(MOST - 1) :])
        request.session[ANSWERS] = {**kept, code: form.typed()}
        return redirect("applications:fit_result", code)

    @staticmethod
    def show(
        request: HttpRequest, competition: Competition, form: FitForm, status: int = 200
    ) -> HttpResponse:
        context = {
            "competition": competition,
            "form": form,
            "may_start": may_start(request, competition),
        }
        return render(request, "applications/fit.html", context, status=status)


def result(request: HttpRequest, code: str) -> HttpResponse:
    """What each rule makes of the answers, and the way on."""
    competition = checked_competition(request, code)
    if not is_open_to_check(request, competition):
        return redirect("applications:competition", code)
    known = answers(request, competition)
    if known is None:
        return redirect("applications:fit", code)
    found = judged(request, competition, known)
    context = {
        "competition": competition,
        "verdict": verdict.of(found),
        "may_ask": any(one.standing == Standing.WE_DECIDE for one in found),
        "findings": found,
        "final": [one for one in found if one.is_final],
        "counts": [(standing, sum(one.standing == standing for one in found)) for standing in Standing],
        "may_start": may_start(request, competition),
        "is_opening_soon": competition.state_at(arrived_at(request)) == State.OPENING_SOON,
    }
    return render(request, "applications/fit_result.html", context)


def checked_competition(request: HttpRequest, code: str) -> Competition:
    visible = Competition.objects.visible_to(request.user).select_related("region")
    return get_object_or_404(visible, code=code)


def is_open_to_check(request: HttpRequest, competition: Competition) -> bool:
    return competition.state_at(arrived_at(request)) in (State.OPEN, State.OPENING_SOON)


def may_start(request: HttpRequest, competition: Competition) -> bool:
    """Whether an application can be started now by whoever is there, or by an applicant once signed in."""
    is_applicant = not request.user.is_authenticated or Role.APPLICANT in held_by(request.user)
    return competition.is_open_at(arrived_at(request)) and is_applicant


def typed(request: HttpRequest, competition: Competition) -> dict | None:
    """What this browser has answered for the competition; None for nothing."""
    return request.session.get(ANSWERS, {}).get(competition.code)


def form_of(competition: Competition, data) -> FitForm:
    areas = competition.region.areas.order_by("-is_core", "name")
    return FitForm(data, competition=competition, areas=areas)


def answers(request: HttpRequest, competition: Competition) -> fit.Answers | None:
    """What this browser has answered, where it can still be read by the competition's rules."""
    data = typed(request, competition)
    if data is None:
        return None
    form = form_of(competition, data)
    return form.answers() if form.is_valid() else None


def judged(request: HttpRequest, competition: Competition, known: fit.Answers) -> list[Finding]:
    can_be_asked = waivers.can_be_asked(competition, at=arrived_at(request))
    waiver_by = waivers.last_day(competition) if can_be_asked else None
    return fit.findings(competition, known, waiver_by=waiver_by)


def final(request: HttpRequest, competition: Competition, known: fit.Answers) -> list[Finding]:
    """What nobody can put right in the form."""
    return [one for one in judged(request, competition, known) if one.is_final]


def forget(request: HttpRequest, competition: Competition) -> None:
    kept = request.session.get(ANSWERS, {})
    if competition.code in kept:
        request.session[ANSWERS] = {code: value for code, value in kept.items() if code != competition.code}


def carry_amount(request: HttpRequest, application: Application, known: fit.Answers) -> None:
    """Keep the amount that was typed for the page that asks for a waiver: the form has no field for it."""
    if known.amount is not None:
        others = list(request.session.get(AMOUNTS, {}).items())[-(MOST - 1) :]
        request.session[AMOUNTS] = dict(others) | {application.reference: str(known.amount)}


def outside_the_limits(request: HttpRequest, application: Application) -> dict:
    """What the form, or before it the check, says of a size and a duration that need a waiver."""
    competition, kept = application.competition, request.session.get(AMOUNTS, {})
    is_cost = competition.limit_basis == LimitBasis.PROJECT_COST
    entered = application.total_costs if is_cost else application.grant_sought
    amount = entered or Decimal(kept.get(application.reference, 0))
    sketch = fit.Sketch(competition, amount, amount, application.start_on, application.duration_months)
    broken = [*(rules.money_limits(sketch) if amount else []), *rules.dates_and_duration(sketch)]
    wanted = {"amount": amount, "months": application.duration_months}
    fields = {"months" if breach.rule == "ELIG-06" else "amount" for breach in broken if breach.is_waivable}
    return {name: value for name, value in wanted.items() if name in fields}
