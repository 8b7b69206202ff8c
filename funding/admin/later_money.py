"""Pages on which a fund manager proposes to fund, with later money, what the round did not."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.views.decorators.http import require_POST

from accounts.refusals import Refusal
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications.models import Application, Competition
from applications.workflow import Status
from funding import duties, later_money, open_proposals, refused, reserve_rule
from funding.admin import faults, waits
from funding.admin.decisions import DecisionPages
from funding.admin.panel_reading import answer, bound_by, visible_cuts
from funding.admin.releases import allocation_of
from funding.forms.verdicts import LaterMoneyForm
from funding.line import Cut
from funding.models import Allocation, AllocationLine, Purpose

PROPOSED = "{} is proposed for later money. An approver, another person, decides it."


def reserve_of(request: HttpRequest, allocation: Allocation) -> list[tuple[AllocationLine, str, bool]]:
    """The lines in reserve of a concluded round, each with why it cannot be proposed now, or nothing.

    Beside that, whether it fits alone and not together with what is proposed already.
    """
    if allocation.purpose != Purpose.ROUND or not allocation.is_approved:
        return []
    return [_told(line, request.user) for line in reserve_rule.reserve(allocation)]


def overlaps_of(request: HttpRequest, application: Application) -> dict:
    """What a page says where open proposals together pass a budget: by budget those that are open.

    Of those the ids of the ones that this person may open, and how many more there are.
    """
    found = open_proposals.against(application)
    shown = visible_cuts(request, found)
    lines = [line for one in found for line in one.lines]
    visible = Allocation.objects.visible_to(request.user).filter(lines__in=lines)
    seen = set(visible.values_list("pk", flat=True)) if found else set()
    known = [[line.allocation_id for line in one.lines if line.allocation_id in seen] for one in shown]
    return {
        "overlaps": [(one, ids, len(one.lines) - len(ids)) for one, ids in zip(shown, known, strict=True)],
        "is_short_beyond": len(shown) < len(found),
    }


def _told(line: AllocationLine, person) -> tuple[AllocationLine, str, bool]:
    why = _in_the_way(line.application, person)
    return line, why, not why and bool(open_proposals.against(line.application))


def _in_the_way(application: Application, person) -> str:
    if why := later_money.obstacle(application):
        return why
    short = later_money.shortage(application)
    return short.told_to(person) if short else ""


class LaterMoneyPages(DecisionPages):
    """Pages of the allocations' admin about what is funded after the round."""

    def later_money_urls(self, view) -> list:
        following = view(require_POST(self.next_view))
        return [
            path("raise/<int:pk>/", view(self.raise_view), name="funding_allocation_raise"),
            path("<int:pk>/next-in-reserve/", following, name="funding_allocation_next"),
        ]

    @one_effect("raise application")
    def raise_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One application, what its budgets have left, and the form that proposes it."""
        theirs = Competition.objects.run_by(request.user, duties.PROPOSE)
        entered = Application.objects.exclude(status=Status.DRAFT).filter(competition__in=theirs.values("pk"))
        application = get_object_or_404(entered.select_related("competition__region"), pk=pk)
        if request.method != "POST":
            return self._raise(request, application, LaterMoneyForm())
        at, form = arrived_at(request), LaterMoneyForm(request.POST)
        if not form.is_valid():
            return self._raise(request, application, form, status=422)
        try:
            with waits.in_time():
                made = later_money.raise_up(application, form.cleaned_data["reason"], by=request.user, at=at)
        except Refusal as refusal:
            problems = [refused.told(refusal, request.user)]
            return self._raise(request, application, form, problems=problems, status=409)
        except waits.TryAgain:
            return self._raise(request, application, form, problems=[waits.TRY_AGAIN], status=503)
        messages.success(request, PROPOSED.format(application.reference))
        return redirect("admin:funding_allocation_change", made.pk)

    @one_effect("raise next of reserve")
    def next_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Propose the first of the reserve list that fits."""
        at, allocation, form = (
            arrived_at(request),
            allocation_of(request, pk),
            LaterMoneyForm(request.POST, auto_id="next-%s"),
        )
        if not request.user.roles_in_all(allocation.region_ids()) & duties.PROPOSE:
            raise PermissionDenied
        if not form.is_valid():
            return self._page(request, pk, next_form=form, status=422)
        try:
            with waits.in_time():
                made = later_money.raise_next(allocation, form.cleaned_data["reason"], by=request.user, at=at)
        except Refusal as refusal:
            problems = [refused.told(refusal, request.user)]
            return self._page(request, pk, next_form=form, problems=problems, status=409)
        except waits.TryAgain:
            return self._page(request, pk, next_form=form, problems=[waits.TRY_AGAIN], status=503)
        messages.success(request, PROPOSED.format(made.lines.get().application))
        return redirect("admin:funding_allocation_change", made.pk)

    def _raise(self, request, application: Application, form, *, problems=(), status=200) -> HttpResponse:
        bound = bound_by(request.user, [application.pk])
        sought, obstacle = application.grant_sought, later_money.obstacle(application)
        short = later_money.shortage(application)
        cuts = [
            Cut(budget=one, available=one.available, taken=sought)
            for one in later_money.budgets_of(application)
        ]
        context = {
            **self.frame(request, f"Later money for {application.reference}"),
            "application": application,
            "cuts": visible_cuts(request, cuts),
            "short": short.told_to(request.user) if short and not obstacle else "",
            "obstacle": obstacle,
            **(overlaps_of(request, application) if not obstacle else {}),
            "last": application.allocation_lines.order_by("-pk").first(),
            "bound": bound,
            "form": form,
            "problems": problems,
            "faults": faults.of(form),
        }
        return answer(request, "raise", context, status)
