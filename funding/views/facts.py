"""The public facts of rounds, for anybody: nothing of a round is here before its outcomes are released."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.views import View
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page

from applications.models import Competition
from funding import one_list
from funding.exports import public_facts
from funding.models import Method, PublicFacts
from funding.reports import published, shown, told
from funding.reports.contents import Section
from funding.reports.facts import Facts
from funding.reports.shown import ShownTable

#: How many rounds stand on one page of the list.
A_PAGE = 50
#: Seconds that a file may be kept on its way: its figures change only with a further release.
KEPT = 300


def with_facts(request: HttpRequest) -> QuerySet[Competition]:
    visible = Competition.objects.visible_to(request.user).select_related("region")
    return published.with_facts(visible)


class Rounds(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        rounds = with_facts(request).order_by("is_demonstration", "-closes_at", "code")
        page = Paginator(rounds, A_PAGE).get_page(request.GET.get("page"))
        pages = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
        return render(request, "funding/facts_list.html", {"page": page, "pages": pages})


class RoundFacts(View):
    @cached_property
    def competition(self) -> Competition:
        return get_object_or_404(with_facts(self.request), code=self.kwargs["code"])

    @cached_property
    def kept(self) -> PublicFacts:
        rows = PublicFacts.objects.in_force().select_related("competition")
        return get_object_or_404(rows, competition=self.competition)

    def facts(self) -> Facts:
        return published.of(self.kept)


@method_decorator([cache_control(private=True, no_cache=True), conditional_page], name="dispatch")
class Page(RoundFacts):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        competition, found = self.competition, self.facts()
        steps, bands, *groups = in_words(found)
        others = [one for one in one_list.allocated_with(competition) if one != competition]
        context = {
            "competition": competition,
            "facts": found,
            "steps": steps,
            "bands": bands,
            "groups": groups,
            "is_portfolio": found.method == Method.PORTFOLIO.label,
            "others": others,
            "kept": self.kept,
            "released_at": told.released_at(competition),
            "is_behind": told.was_told_since(competition, self.kept.as_of),
        }
        return render(request, "funding/facts.html", context)


@method_decorator([cache_control(public=True, max_age=KEPT), conditional_page], name="dispatch")
class File(RoundFacts):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        name = f"facts-{self.competition.code}.csv"
        return HttpResponse(
            public_facts.as_csv(self.facts()),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": content_disposition_header(True, name)},
        )


def in_words(found: Facts) -> list[ShownTable]:
    """Its tables as people read them, in their order."""
    [section] = shown.shown([Section(name="facts", title="Facts", tables=found.tables)])
    return section.tables
