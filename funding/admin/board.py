"""The staff board: where the money stands and when it would fall, at a glance and as tables."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_safe

from accounts.admin.records import Record
from accounts.roles import held_by
from funding import board as board_of
from funding import board_charts, forecast
from funding.models import READERS

#: What ``of`` may be in the address.
PARTS = {"programme": False, "demonstration": True}


class BoardPages(Record):
    """Pages of the budgets' admin that show all of them together."""

    def board_urls(self, view) -> list:
        return [path("board/", view(require_safe(self.board_view)), name="funding_board")]

    def board_view(self, request: HttpRequest) -> HttpResponse:
        if not held_by(request.user) & READERS:
            raise PermissionDenied
        board = board_of.read(request.user, of_demonstration=PARTS.get(request.GET.get("of", "")))
        years = sorted(board.whole.years)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Staff board",
            "board": board,
            "charts": board_charts.of(board),
            "years_chart": board_charts.years(board),
            "years": [forecast.in_words(year) for year in years],
            "by_budget": [
                (budget, [found.years.get(year, board_of.NOTHING) for year in years], found)
                for budget, found in board.by_budget
            ],
            "falls_after": sum(board.whole.after.values(), board_of.NOTHING),
        }
        return TemplateResponse(request, "admin/funding/budget/board.html", context)
