"""The costs of a draft: the seven categories with their sums, and the lines of each."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.functional import cached_property

from accounts.forms import conflict
from accounts.forms.fields import VersionField
from accounts.models import Edited
from accounts.templatetags.launchpad_format import local_time, pounds
from accounts.versions import StaleVersion
from accounts.views import unsaved
from applications import editing, finances, labour, sections
from applications.editing import CompetitionClosed, NotEditable
from applications.forms.costs import LINE_FORMS, TOO_MUCH, OverheadsForm
from applications.models import Category, CostLine, OverheadMethod
from applications.reading import cost_table
from applications.views.money import MoneyPage
from applications.views.pages import CONFLICT, REFUSED, FormPage

GONE = "This line is not there any more. What you entered is below: add it again to keep it."
GONE_TOO = "This line is not there any more. These are the lines as they stand."
NOT_FOUND = 404


class Costs(MoneyPage, FormPage):
    """The overview, the choice of overheads, and the mark that costs are complete."""

    template_name = "applications/costs.html"
    section = sections.COSTS
    form_class = OverheadsForm
    tied = (frozenset({"method", "amount", "explanation"}),)

    def context(self) -> dict:
        return {**super().context(), "table": cost_table(self.participant)}

    def figures(self) -> dict[str, str]:
        by_category = {category.value: pounds(total) for category, _, total in cost_table(self.participant)}
        return {**super().figures(), **by_category}

    def last_save(self) -> Edited:
        return editing.saved_page(self.participant, finances.OVERHEADS)

    def saved(self) -> dict:
        method, amount, explanation = finances.overheads(self.participant)
        return {"method": method, "amount": amount, "explanation": explanation}

    def save(self, form) -> None:
        self.was_complete = self.is_complete()
        finances.set_overheads(
            self.participant,
            OverheadMethod(form.cleaned_data["method"]),
            form.cleaned_data["amount"],
            form.cleaned_data["explanation"],
            version=form.cleaned_data["version"],
            by=self.request.user,
            at=self.at,
            is_autosave=self.is_autosave,
        )


class LinePage(MoneyPage):
    """A page about the lines of one category."""

    template_name = "applications/cost_lines.html"
    section = sections.COSTS

    @cached_property
    def category(self) -> Category:
        if self.kwargs["category"] not in LINE_FORMS:
            raise Http404
        return Category(self.kwargs["category"])

    @cached_property
    def line(self) -> CostLine | None:
        """The line of the address; None on the page of all lines, and for one that is not there any more."""
        if "pk" not in self.kwargs:
            return None
        return CostLine.objects.filter(
            participant=self.participant, category=self.category, pk=self.kwargs["pk"]
        ).first()

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if "pk" in self.kwargs and self.line is None and not unsaved.waiting(request):
            raise Http404
        return super().get(request, *args, **kwargs)

    def context(self) -> dict:
        lines = list(self.participant.cost_lines.filter(category=self.category).order_by("pk"))
        return {
            "form": self.form() if self.request.method == "GET" else None,
            **super().context(),
            "category": self.category,
            "lines": lines,
            "line": self.line,
            "total": sum(line.amount for line in lines),
        }

    def saved(self, line: CostLine) -> dict:
        return {name: getattr(line, name) for name in ["description", *finances.INPUTS[self.category]]}

    def form(self, data=None):
        shown = {**self.saved(self.line), "version": self.line.version} if self.line else {}
        return LINE_FORMS[self.category](data, initial=shown)

    def put_back(self, data: QueryDict, **more) -> HttpResponse:
        form = self.form(data)
        if self.line is None:
            problems = [GONE] if "pk" in self.kwargs else []
            return self.show(form=form, problems=problems, **more)
        found = partial(conflict.differences, form, self.saved(self.line))
        return self.put_back_form(form, self.line, found, **more)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        form = self.form(request.POST)
        self.was_complete = self.is_complete()
        if "pk" in self.kwargs and self.line is None:
            return self.show(NOT_FOUND, form=form, problems=[GONE])
        if not form.is_valid():
            return self.show(REFUSED, form=form)
        try:
            finances.save_line(
                self.participant,
                self.category,
                form.cleaned_data,
                line=self.line,
                version=form.cleaned_data["version"] if self.line else None,
                by=request.user,
                at=self.at,
            )
        except finances.TooManyLines:
            form.add_error(
                None, f"A category can have {finances.MOST_LINES} lines. Put some of them together."
            )
            return self.show(REFUSED, form=form)
        except finances.TooMuch:
            form.add_error(None, TOO_MUCH)
            return self.show(REFUSED, form=form)
        except labour.TooManyDays as refusal:
            form.add_error("days", str(refusal))
            return self.show(REFUSED, form=form)
        except StaleVersion as refusal:
            found = conflict.differences(form, self.saved(refusal.current))
            return self.two_versions(form, refusal, found)
        except finances.LineGone:
            self.line = None
            return self.show(NOT_FOUND, form=form, problems=[GONE])
        except (CompetitionClosed, NotEditable) as refusal:
            return self.refused(refusal, form=form)
        unsaved.forget(request)
        messages.success(request, f"{self.category.label}: the line was saved.")
        self.say_still_to_do()
        return redirect("applications:cost_lines", self.application.reference, self.category)


class Lines(LinePage):
    """All lines of a category, and a form for one more."""


class Line(LinePage):
    """One line, to change it."""


class Remove(LinePage):
    """Asks before a line is removed, since nothing brings it back."""

    template_name = "applications/cost_line_remove.html"

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if self.line is None:
            raise Http404
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self.was_complete = self.is_complete()
        try:
            if self.line is None:
                raise finances.LineGone
            version = VersionField().clean(request.POST.get("version"))
            finances.delete_line(self.line, version=version, by=request.user, at=self.at)
        except finances.LineGone:
            return self.not_removed(NOT_FOUND, GONE_TOO)
        except StaleVersion as refusal:
            return self.not_removed(CONFLICT, changed(refusal.current))
        except (CompetitionClosed, NotEditable) as refusal:
            self.show_lines()
            return self.refused(refusal, form=self.form())
        messages.success(request, f"{self.category.label}: the line was removed.")
        self.say_still_to_do()
        return redirect("applications:cost_lines", self.application.reference, self.category)

    def not_removed(self, status: int, problem: str) -> HttpResponse:
        self.show_lines()
        return self.show(status, form=self.form(), problems=[problem])

    def show_lines(self) -> None:
        """Answer with the lines of the category as they stand, in the place of the question."""
        self.line, self.template_name = None, LinePage.template_name


def changed(line: CostLine) -> str:
    """Say what a line that somebody wants to remove has become meanwhile."""
    return (
        f"{line.saved_by or 'Somebody else'} changed this line at {local_time(line.saved_at)}, after you "
        f"opened the page. It now says: {line.description}, {pounds(line.amount)}. It was not removed; "
        "remove it below if you still want to."
    )
