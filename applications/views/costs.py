"""The costs of a draft: the seven categories with their sums, and the lines of each."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property

from applications import finances, sections
from applications.editing import CompetitionClosed, NotEditable
from applications.forms.costs import LINE_FORMS, TOO_MUCH, OverheadsForm
from applications.models import Category, CostLine, OverheadMethod
from applications.reading import cost_table
from applications.views.pages import REFUSED, DraftPage


class Costs(DraftPage):
    """The overview, the choice of overheads, and the mark that costs are complete."""

    template_name = "applications/costs.html"
    section = sections.COSTS

    def context(self) -> dict:
        form = OverheadsForm(initial=self.overheads()) if self.request.method == "GET" else None
        return {"form": form, **super().context(), "table": cost_table(self.participant)}

    def overheads(self) -> dict:
        calculated = self.participant.overhead_method == OverheadMethod.CALCULATED
        line = self.participant.cost_lines.filter(category=Category.OVERHEADS).first() if calculated else None
        return {"method": self.participant.overhead_method, "amount": line.amount if line else None}

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        form = OverheadsForm(request.POST)
        if not form.is_valid():
            return self.show(REFUSED, form=form)
        try:
            finances.set_overheads(
                self.participant,
                OverheadMethod(form.cleaned_data["method"]),
                form.cleaned_data["amount"],
                by=request.user,
                at=self.at,
            )
        except (CompetitionClosed, NotEditable) as refusal:
            return self.refused(refusal, form=form)
        self.participant.refresh_from_db()
        return self.done(form)


class LinePage(DraftPage):
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
        if "pk" not in self.kwargs:
            return None
        lines = CostLine.objects.filter(participant=self.participant, category=self.category)
        return get_object_or_404(lines, pk=self.kwargs["pk"])

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

    def form(self, data=None):
        names = ["description", *finances.INPUTS[self.category]]
        shown = {name: getattr(self.line, name) for name in names} if self.line else {}
        return LINE_FORMS[self.category](data, initial=shown)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(REFUSED, form=form)
        doer = {"by": request.user, "at": self.at}
        try:
            finances.save_line(self.participant, self.category, form.cleaned_data, line=self.line, **doer)
        except finances.TooManyLines:
            form.add_error(
                None, f"A category can have {finances.MOST_LINES} lines. Put some of them together."
            )
            return self.show(REFUSED, form=form)
        except finances.TooMuch:
            form.add_error(None, TOO_MUCH)
            return self.show(REFUSED, form=form)
        except (CompetitionClosed, NotEditable) as refusal:
            return self.refused(refusal, form=form)
        messages.success(request, f"{self.category.label}: saved.")
        return redirect("applications:cost_lines", self.application.reference, self.category)


class Lines(LinePage):
    """All lines of a category, and a form for one more."""


class Line(LinePage):
    """One line, to change it."""


class Remove(LinePage):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            finances.delete_line(self.line, by=request.user, at=self.at)
        except (CompetitionClosed, NotEditable) as refusal:
            return self.refused(refusal, form=None)
        messages.success(request, f"{self.category.label}: the line was removed.")
        return redirect("applications:cost_lines", self.application.reference, self.category)
