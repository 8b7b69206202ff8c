"""Lines of an allocation decided one by one: chosen, looked at first, carried out row by row, and read."""

from collections.abc import Callable, Iterable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from accounts import intents
from accounts.refusals import Refusal
from accounts.views import one_effect as keyed
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications.workflow import Status
from funding import duties, foreseen, line_decisions, refused, verdicts
from funding.admin import faults, waits
from funding.admin.panel import PanelPages
from funding.admin.panel_reading import answer, bound_by, visible_cuts
from funding.admin.releases import allocation_of
from funding.foreseen import Choice
from funding.forms.verdicts import MOST, LinesForm, VerdictForm
from funding.models import Allocation, AllocationLine, AllocationState, LineDecision, Purpose, Verdict

#: The action under whose name several lines are kept as decided (``accounts.intents``).
SEVERAL = "decide lines"


def decides(request: HttpRequest, allocation: Allocation) -> bool:
    return bool(request.user.roles_in_all(allocation.region_ids()) & duties.DECIDE)


def may_decide_lines(request: HttpRequest, allocation: Allocation) -> bool:
    """Whether this person's verdict on single lines can count at all."""
    return (
        allocation.purpose == Purpose.ROUND
        and allocation.state != AllocationState.REFUSED
        and allocation.proposed_by != request.user
        and decides(request, allocation)
    )


def act(line: AllocationLine, choice: Choice, reason: str, *, by, at) -> LineDecision:
    """Give the line what was chosen for several. Raises as ``line_decisions`` does."""
    verdict = choice.verdict_on(line)
    if verdict == Verdict.TAKEN_BACK:
        return line_decisions.take_back(line, reason, by=by, at=at)
    return line_decisions.decide(line, verdict, reason, by=by, at=at)


def page_of_lines(request: HttpRequest, allocation: Allocation):
    """As many lines as are decided with one press, each with its state and its last decision."""
    lines = allocation.lines.select_related("application__competition").order_by("position")
    page = Paginator(lines, MOST).get_page(request.GET.get("page"))
    page.object_list = with_state(page.object_list)
    return page


def with_state(lines: Iterable[AllocationLine]) -> list[AllocationLine]:
    lines = list(lines)
    latest = foreseen.latest_of(lines)
    for line in lines:
        line.state = foreseen.state_of(line.application.status)  # type: ignore[attr-defined]
        line.latest = latest.get(line.pk)  # type: ignore[attr-defined]
        status = line.application.status
        is_hoped = status == Status.IN_ASSESSMENT and verdicts.recommended(line) == Verdict.FUND
        line.is_in = is_hoped or status == Status.SUCCESSFUL  # type: ignore[attr-defined]
    return lines


class DecisionPages(PanelPages):
    """Pages of the allocations' admin on which single lines are decided."""

    #: The page of one allocation, shown again with what was wrong.
    _page: Callable[..., HttpResponse]

    def decision_urls(self, view) -> list:
        base = "funding_allocation"
        return [
            path("<int:pk>/lines/", view(self.preview_view), name=f"{base}_lines"),
            path("<int:pk>/lines/decide/", view(require_POST(self.lines_view)), name=f"{base}_decide_lines"),
            path("<int:pk>/lines/results/", view(self.results_view), name=f"{base}_results"),
            path("<int:pk>/line/<int:line>/", view(self.line_view), name=f"{base}_line"),
        ]

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What a choice for several lines will do. Nothing is done yet, whatever is sent."""
        allocation = allocation_of(request, pk)
        if request.method != "POST":
            return redirect("admin:funding_allocation_change", pk)
        if not decides(request, allocation):
            raise PermissionDenied
        form = LinesForm(allocation.lines.all(), request.POST)
        if not form.is_valid():
            return self._page(request, pk, form=form, status=422)
        choice, reason = Choice(form.cleaned_data["choice"]), form.cleaned_data["reason"]
        lines = list(form.cleaned_data["lines"])
        prospect = foreseen.foresee(allocation, lines, choice, reason, by=request.user)
        context = {
            **self.frame(request, f"Allocation {pk}: what this does"),
            "allocation": allocation,
            "prospect": prospect,
            "cuts": [cut for cut in visible_cuts(request, prospect.cuts) if cut.taken],
            "choice": choice,
            "reason": reason,
        }
        return answer(request, "lines", context, 200)

    @keyed.row_by_row(SEVERAL)
    def lines_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give each line its verdict in a transaction of its own; the refusal of one stops no other."""
        at, allocation = arrived_at(request), allocation_of(request, pk)
        if not decides(request, allocation):
            raise PermissionDenied
        form = LinesForm(allocation.lines.all(), request.POST)
        if not form.is_valid():
            return self._page(request, pk, form=form, status=422)
        choice, reason = Choice(form.cleaned_data["choice"]), form.cleaned_data["reason"]
        lines = sorted(form.cleaned_data["lines"], key=lambda line: line.position)
        wanted = {"lines": [line.pk for line in lines], "choice": choice.value, "reason": reason}
        keyed.begin(SEVERAL, request, {"allocation": pk, **wanted})
        ended = [self._ended(request, line, choice, reason, at) for line in lines]
        done = sum("done" in one for one in ended)
        said = f"{done} of {len(lines)} line{'s'[: len(lines) != 1]} decided."
        (messages.success if done == len(lines) else messages.warning)(request, said)
        results = reverse("admin:funding_allocation_results", args=[pk])
        return redirect(f"{results}?of={keyed.key_of(request)}")

    def _ended(self, request: HttpRequest, line: AllocationLine, choice: Choice, reason: str, at) -> dict:
        def do() -> dict:
            try:
                decided = act(line, choice, reason, by=request.user, at=at)
            except Refusal as refusal:
                return {"refused": refused.told(refusal, request.user)}
            return {"done": decided.pk}

        try:
            with waits.in_time():
                return keyed.once_for(SEVERAL, line.pk, request, do)
        except (waits.TryAgain, intents.StillRunning):
            # Nothing is kept of it: the same form sent again comes to it once more.
            return {}

    def results_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What became of each line of one press, for whoever pressed."""
        allocation, key = allocation_of(request, pk), request.GET.get("of", "")
        wanted = intents.answered(SEVERAL, [key], by=request.user).get(key)
        if wanted is None or wanted.get("allocation") != pk:
            return redirect("admin:funding_allocation_change", pk)
        chosen = allocation.lines.filter(pk__in=wanted["lines"]).select_related("application")
        lines = with_state(chosen.order_by("position"))
        keys = {line.pk: intents.part(key, line.pk) for line in lines}
        ended = intents.answered(SEVERAL, keys.values(), by=request.user)
        rows = [(line, ended.get(keys[line.pk])) for line in lines]
        context = {
            **self.frame(request, f"Allocation {pk}: results"),
            "allocation": allocation,
            "rows": rows,
            "done": sum("done" in one for _, one in rows if one),
            "refused": sum("refused" in one for _, one in rows if one),
            "unanswered": [line for line, one in rows if one is None],
            "choice": Choice(wanted["choice"]),
            "wanted": wanted,
            "key": key,
        }
        return answer(request, "results", context, 200)

    @one_effect("decide line")
    def line_view(self, request: HttpRequest, pk: int, line: int) -> HttpResponse:
        """One line with its figures and decisions, and the form for a verdict on it."""
        allocation = allocation_of(request, pk)
        found = get_object_or_404(allocation.lines.select_related("application__competition"), pk=line)
        if request.method != "POST":
            return self._line(request, allocation, found, VerdictForm())
        if not decides(request, allocation):
            raise PermissionDenied
        form = VerdictForm(request.POST)
        if not form.is_valid():
            return self._line(request, allocation, found, form, status=422)
        return self._decide(request, allocation, found, form)

    def _decide(
        self, request, allocation: Allocation, line: AllocationLine, form: VerdictForm
    ) -> HttpResponse:
        at, choice = arrived_at(request), Choice(form.cleaned_data["verdict"])
        try:
            with waits.in_time():
                decided = act(line, choice, form.cleaned_data["reason"], by=request.user, at=at)
        except verdicts.AlreadyDecided as refusal:
            messages.info(request, refused.told(refusal, request.user))
            return redirect("admin:funding_allocation_line", allocation.pk, line.pk)
        except verdicts.VerdictRefused as refusal:
            form.add_error(
                "reason" if isinstance(refusal, verdicts.ReasonRefused) else "verdict", str(refusal)
            )
            return self._line(request, allocation, line, form, status=422)
        except duties.RoleMissing as refusal:
            return self._line(request, allocation, line, form, problems=[f"{refusal}."], status=403)
        except Refusal as refusal:
            problems = [refused.told(refusal, request.user)]
            return self._line(request, allocation, line, form, problems=problems, status=409)
        except waits.TryAgain:
            return self._line(request, allocation, line, form, problems=[waits.TRY_AGAIN], status=503)
        said = f"{line.application.reference}: {decided.get_verdict_display().lower()}."
        messages.success(request, said)
        return redirect("admin:funding_allocation_line", allocation.pk, line.pk)

    def _line(
        self, request, allocation: Allocation, line: AllocationLine, form, *, problems=(), status=200
    ) -> HttpResponse:
        [line] = with_state([line])
        decisions = LineDecision.objects.filter(line__application=line.application_id)
        prospect = foreseen.foresee(allocation, [line], Choice.FUND, "–", by=request.user)
        offered = _offered(line) if may_decide_lines(request, allocation) else []
        bound = bound_by(request.user, [line.application_id]) if offered else ""
        context = {
            **self.frame(request, f"Allocation {allocation.pk}, line {line.position}"),
            "allocation": allocation,
            "line": line,
            "decisions": decisions.select_related("decided_by", "line", "award").order_by("-pk"),
            "cuts": visible_cuts(request, prospect.cuts),
            "parts": line.parts.select_related("participant").order_by("-participant__is_lead", "pk"),
            "unfunded": prospect.rows[0].refused,
            "form": form,
            "offered": [] if bound else offered,
            "bound": bound,
            "problems": problems,
            "faults": faults.of(form, at=_first_of(form, offered)),
        }
        return answer(request, "line", context, status)

    def frame(self, request: HttpRequest, title: str) -> dict:
        return {**self.admin_site.each_context(request), "opts": self.opts, "title": title}


def _first_of(form: VerdictForm, offered: list[str]) -> dict[str, str]:
    """Where a verdict is chosen: at the first that the page offers."""
    boxes = [box for box in form["verdict"] if box.data["value"] in offered]
    return {"verdict": boxes[0].id_for_label} if boxes else {}


def _offered(line: AllocationLine) -> list[str]:
    """The verdicts that this line can have as it stands."""
    found = []
    for verdict in Verdict:
        try:
            verdicts.check(line, line.application, verdict, "–", latest=lambda: line.latest)  # type: ignore[attr-defined]
        except Refusal:
            continue
        found.append(verdict.value)
    return found
