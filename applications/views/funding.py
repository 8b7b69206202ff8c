"""The grant an organisation asks for, and the other public money for the same project."""

from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property

from applications import finances, rules, sections
from applications.editing import CompetitionClosed, NotEditable
from applications.forms.funding import MOST_SOURCES, FundingForm, Sources
from applications.views.pages import REFUSED, DraftPage


class Funding(DraftPage):
    template_name = "applications/funding.html"
    section = sections.FUNDING

    @cached_property
    def maximum(self):
        return finances.maximum_percentage(self.participant, self.application)

    def context(self) -> dict:
        shown = {"percentage_asked": self.participant.percentage_asked}
        forms: dict[str, object] = {"form": None, "sources": None}
        if self.request.method == "GET":
            form, sources = FundingForm(maximum=self.maximum, initial=shown), self.saved_sources()
            forms = {"form": form, "sources": sources, "forms": [sources]}
        return {**forms, **super().context(), "maximum": self.maximum}

    def saved_sources(self) -> BaseFormSet:
        rows = self.participant.funding_sources.order_by("pk").values("source", "secured_on", "amount")
        return Sources(initial=[*rows, {}][:MOST_SOURCES], prefix="sources")

    def posted_sources(self, more: int = 0) -> BaseFormSet:
        """The sources as typed. All count as new, so that one left empty is left out."""
        data = self.request.POST.copy()
        data["sources-INITIAL_FORMS"] = "0"
        if more and data.get("sources-TOTAL_FORMS", "").isdecimal():
            data["sources-TOTAL_FORMS"] = str(min(int(data["sources-TOTAL_FORMS"][:4]) + more, MOST_SOURCES))
        return Sources(data, prefix="sources")

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        form = FundingForm(request.POST, maximum=self.maximum)
        if "another" in request.POST:
            sources = self.posted_sources(more=1)
            return self.show(form=form, sources=sources, forms=[sources])
        sources = self.posted_sources()
        shown = {"form": form, "sources": sources, "forms": [sources]}
        if not (form.is_valid() & sources.is_valid()):
            return self.show(REFUSED, **shown, problems=list(sources.non_form_errors()))
        asked = form.cleaned_data["percentage_asked"]
        try:
            self.participant = finances.set_funding(
                self.participant, asked, self.typed(sources), by=request.user, at=self.at
            )
        except finances.AboveMaximum as refusal:
            form.add_error("percentage_asked", rules.above_maximum(refusal.maximum))
            return self.show(REFUSED, **shown)
        except (CompetitionClosed, NotEditable) as refusal:
            return self.refused(refusal, **shown)
        return self.done(form, sources=sources, forms=[sources])

    @staticmethod
    def typed(sources: BaseFormSet) -> list[dict]:
        names = ("source", "secured_on", "amount")
        return [
            {name: row.cleaned_data[name] for name in names}
            for row in sources
            if row.cleaned_data.get("source")
        ]
