"""What the pages on costs and funding have in common: the sums as they stand, and which rules they break."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import cached_property

from accounts.templatetags.launchpad_format import pounds
from applications import finances, money_rules, rules, waivers
from applications.rules import Breach
from applications.views.pages import DraftPage

FOUND = 302


class MoneyPage(DraftPage):
    """A page of costs or funding; ``was_complete`` is set by what saves, before it does."""

    was_complete = False
    READ = (*DraftPage.READ, "maxima")

    @cached_property
    def maxima(self) -> dict[str, Decimal]:
        return finances.maxima(self.application)

    def breaches(self) -> list[Breach]:
        return money_rules.of_entered(self.application, self.participant, self.maxima)

    def context(self) -> dict:
        competition = self.application.competition
        return {
            **super().context(),
            "breaches": self.breaches(),
            "limit": rules.amount_rule(competition),
            "may_ask_waiver": waivers.can_be_asked(competition, at=self.at),
            "last_day": waivers.last_day(competition),
        }

    def figures(self) -> dict[str, str]:
        """The sums that the page shows, by the names that it gives them."""
        names = ("total_costs", "other_funding", "grant_sought", "contribution")
        return {name: pounds(getattr(self.participant, name)) for name in names}

    def facts(self, form) -> dict:
        told = render_to_string("applications/_breaches.html", self.context())
        return {**super().facts(form), "figures": self.figures(), "told": told}

    def done(self, form=None, **more) -> HttpResponse:
        """A section can be complete while a rule is broken, since the office may agree: not in silence."""
        answer = super().done(form, **more)
        if answer.status_code != FOUND:
            return answer
        if "complete" not in self.request.POST:
            self.say_still_to_do()
            return answer
        for breach in self.breaches():
            if breach.section == self.section:
                stops = " This stops you from submitting." if breach.blocks else ""
                messages.warning(self.request, f"{self.section_now.title}: {breach.message}{stops}")
        return answer

    def say_still_to_do(self) -> None:
        """A change takes back that the section is complete; say so, or nobody would notice."""
        if self.was_complete:
            title = self.section_now.title
            messages.warning(
                self.request,
                f"{title}: no longer marked as complete. Mark it as complete again when you are done.",
            )
