"""The grant an organisation asks for, and the other public money for the same project."""

from decimal import Decimal

from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.functional import cached_property

from accounts.forms import conflict
from accounts.templatetags.launchpad_format import local_day, pounds
from accounts.versions import StaleVersion
from applications import completeness, finances, rules, sections
from applications.editing import CompetitionClosed, NotEditable
from applications.forms.funding import MOST_SOURCES, FundingForm, Sources
from applications.views.money import MoneyPage
from applications.views.pages import REFUSED


class Funding(MoneyPage):
    template_name = "applications/funding.html"
    section = sections.FUNDING
    autosaves = True

    @cached_property
    def maximum(self):
        return self.maxima.get(self.participant.funding_size)

    def version(self) -> int:
        return self.last_save().version

    def context(self) -> dict:
        forms: dict[str, object] = {"form": None, "sources": None}
        if self.request.method == "GET":
            shown = {"percentage_asked": self.participant.percentage_asked, "version": self.version()}
            form, sources = FundingForm(maximum=self.maximum, initial=shown), self.saved_sources()
            forms = {"form": form, "sources": sources, "forms": [sources]}
        return {**forms, **super().context(), "maximum": self.maximum}

    def saved_sources(self) -> BaseFormSet:
        return Sources(initial=finances.named_sources(self.participant) or [{}], prefix="sources")

    def posted_sources(self, posted: QueryDict, more: int = 0) -> BaseFormSet:
        """The sources as typed. All count as new, so that one left empty is left out."""
        data = posted.copy()
        data["sources-INITIAL_FORMS"] = "0"
        if more and data.get("sources-TOTAL_FORMS", "").isdecimal():
            data["sources-TOTAL_FORMS"] = str(min(int(data["sources-TOTAL_FORMS"][:4]) + more, MOST_SOURCES))
        return Sources(data, prefix="sources")

    def put_back(self, data: QueryDict, **more) -> HttpResponse:
        form, sources = FundingForm(data, maximum=self.maximum), self.posted_sources(data)
        sources.is_valid()
        more |= {"sources": sources, "forms": [sources]}
        return self.put_back_form(form, self.last_save(), lambda: self.differences(form, sources), **more)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        form = FundingForm(request.POST, maximum=self.maximum)
        if "another" in request.POST:
            sources = self.posted_sources(request.POST, more=1)
            return self.show(form=form, sources=sources, forms=[sources])
        sources = self.posted_sources(request.POST)
        shown = {"sources": sources, "forms": [sources]}
        is_whole = form.is_valid() & sources.is_valid()
        asked, named = self.read(form, sources)
        if not is_whole and not (self.is_autosave and self.is_changed(asked, named)):
            return self.show(REFUSED, form=form, **shown, problems=list(sources.non_form_errors()))
        self.was_complete = self.is_complete()
        try:
            finances.set_funding(
                self.participant,
                asked,
                named,
                version=form.cleaned_data["version"],
                by=request.user,
                at=self.at,
                is_autosave=self.is_autosave,
            )
        except StaleVersion as refusal:
            self.read_again()
            differences = self.differences(form, sources) if is_whole else []
            return self.two_versions(form, refusal, differences, **shown)
        except finances.AboveMaximum as refusal:
            form.add_error("percentage_asked", rules.above_maximum(refusal.maximum))
            return self.show(REFUSED, form=form, **shown)
        except (CompetitionClosed, NotEditable) as refusal:
            return self.refused(refusal, form=form, **shown)
        return self.done(form, **shown)

    def read(self, form: FundingForm, sources: BaseFormSet) -> tuple[Decimal | None, list[dict]]:
        """What was typed; where one of the two cannot be read, what is saved of it."""
        asked = form.cleaned_data.get("percentage_asked")
        named = typed(sources) if sources.is_valid() else finances.named_sources(self.participant)
        return (asked if form.is_valid() else self.participant.percentage_asked), named

    def is_changed(self, asked: Decimal | None, named: list[dict]) -> bool:
        saved = self.participant.percentage_asked, finances.named_sources(self.participant)
        return (asked, named) != saved

    def incomplete(self, refusal: completeness.Incomplete, form, **more) -> HttpResponse:
        return super().incomplete(refusal, conflict.with_version(form, self.version()), **more)

    def differences(self, form: FundingForm, sources: BaseFormSet) -> list[conflict.Difference]:
        found = conflict.differences(form, {"percentage_asked": self.participant.percentage_asked})
        texts = in_words(finances.named_sources(self.participant)), in_words(typed(sources))
        if texts[0] != texts[1]:
            found.append(conflict.Difference("Other public money for this project", *texts))
        return found


def typed(sources: BaseFormSet) -> list[dict]:
    """The sources that were filled in, as ``finances.set_funding`` takes them."""
    return [
        {name: row.cleaned_data[name] for name in finances.SOURCE}
        for row in sources
        if row.cleaned_data.get("source")
    ]


def in_words(sources: list[dict]) -> str:
    """A line to a source: ``Council: £10,000, secured on 1 April 2026``."""
    lines = [
        f"{one['source']}: {pounds(one['amount'])}"
        + (f", secured on {local_day(one['secured_on'])}" if one["secured_on"] else "")
        for one in sources
    ]
    return "\n".join(lines) or conflict.NOTHING
