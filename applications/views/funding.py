"""The grant an organisation asks for, and the other public money for the same project."""

from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property

from accounts.forms import conflict
from accounts.templatetags.launchpad_format import local_day, pounds
from accounts.versions import StaleVersion
from applications import completeness, editing, finances, rules, sections
from applications.editing import CompetitionClosed, NotEditable
from applications.forms.funding import MOST_SOURCES, FundingForm, Sources
from applications.views.pages import REFUSED, DraftPage


class Funding(DraftPage):
    template_name = "applications/funding.html"
    section = sections.FUNDING

    @cached_property
    def maximum(self):
        return finances.maximum_percentage(self.participant, self.application)

    def version(self) -> int:
        return editing.saved_page(self.participant, sections.FUNDING).version

    def context(self) -> dict:
        forms: dict[str, object] = {"form": None, "sources": None}
        if self.request.method == "GET":
            shown = {"percentage_asked": self.participant.percentage_asked, "version": self.version()}
            form, sources = FundingForm(maximum=self.maximum, initial=shown), self.saved_sources()
            forms = {"form": form, "sources": sources, "forms": [sources]}
        return {**forms, **super().context(), "maximum": self.maximum}

    def saved_sources(self) -> BaseFormSet:
        return Sources(initial=finances.named_sources(self.participant) or [{}], prefix="sources")

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
        shown = {"sources": sources, "forms": [sources]}
        if not (form.is_valid() & sources.is_valid()):
            return self.show(REFUSED, form=form, **shown, problems=list(sources.non_form_errors()))
        try:
            finances.set_funding(
                self.participant,
                form.cleaned_data["percentage_asked"],
                typed(sources),
                version=form.cleaned_data["version"],
                by=request.user,
                at=self.at,
            )
        except StaleVersion as refusal:
            self.read_again()
            return self.two_versions(form, refusal, self.differences(form, sources), **shown)
        except finances.AboveMaximum as refusal:
            form.add_error("percentage_asked", rules.above_maximum(refusal.maximum))
            return self.show(REFUSED, form=form, **shown)
        except (CompetitionClosed, NotEditable) as refusal:
            return self.refused(refusal, form=form, **shown)
        self.read_again()
        return self.done(form, **shown)

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
