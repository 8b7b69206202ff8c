"""What of the funding report somebody wants to see: which rows, which columns, and in what order.

The page and every file are made from the same view, so that what is taken away is what was on the screen.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, OrderBy, QuerySet
from django.http import QueryDict

from accounts.exports.columns import Column
from accounts.models import User
from funding.exports import funding_report
from funding.models import AwardShare

BY_NAME = {column.name: column for column in funding_report.COLUMNS}
#: By what was chosen on the page, the field that it narrows.
FILTERS = {
    "competition": "award__application__competition__code",
    "region": "award__application__competition__region__code",
    "strand": "award__application__competition__strand",
    "status": "award__status",
}
#: Real and invented money stand side by side only where somebody asks for both.
PARTS = {"": False, "demonstration": True, "all": None}


class ColumnWent(LookupError):
    """The report has no such column any more."""


@dataclass(frozen=True, slots=True)
class View:
    """``chosen`` are the filters by their names, ``columns`` and ``order`` names of columns.

    Without columns it has all of them; without an order that of the file: by competition, application
    and lead; without a word on the demonstration what is real.
    """

    chosen: dict[str, str]
    columns: tuple[str, ...] = ()
    order: str = ""
    is_falling: bool = False

    @classmethod
    def of_query(cls, query: str) -> "View":
        """The view that stands in an address as the form wrote it. Raises ColumnWent."""
        given = QueryDict(query)
        found = cls(
            chosen={name: given[name] for name in (*FILTERS, "of") if given.get(name)},
            columns=tuple(given.getlist("columns")),
            order=given.get("order", ""),
            is_falling=given.get("direction") == "falling",
        )
        if went := {*found.columns, *filter(None, [found.order])} - set(BY_NAME):
            raise ColumnWent(", ".join(sorted(went)))
        return found

    def shown(self) -> tuple[Column, ...]:
        """In the report's own order, whatever order they were asked for in."""
        if not self.columns:
            return funding_report.COLUMNS
        return tuple(column for name, column in BY_NAME.items() if name in self.columns)

    @property
    def of(self) -> str:
        """Of which part. A competition that was chosen is all real or all invented."""
        return self.chosen.get("of") or ("all" if "competition" in self.chosen else "")

    def rows(self, user: User) -> QuerySet[AwardShare]:
        """Those that ``user`` may see. Rows that are equal in the order stand by their ids."""
        wanted: dict[str, Any] = {
            FILTERS[name]: value for name, value in self.chosen.items() if name in FILTERS
        }
        if (part := PARTS[self.of]) is not None:
            wanted["award__application__competition__is_demonstration"] = part
        rows = funding_report.rows(user).filter(**wanted)
        if not self.order:
            return rows
        value: Any = BY_NAME[self.order].value
        by = OrderBy(value, descending=self.is_falling, nulls_last=True)
        return rows.order_by(by, F("pk"))

    def facts(self) -> dict[str, str]:
        """For the note in the audit trail: what was chosen, by name."""
        order = {"order": f"{'-' if self.is_falling else ''}{self.order}"} if self.order else {}
        columns = {"columns": " ".join(self.columns)} if self.columns else {}
        return {**self.chosen, **columns, **order}
