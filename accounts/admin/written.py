"""What a cell of a list says, with the value behind it: a page shows the words, a file takes the value."""

from datetime import date, datetime
from decimal import Decimal

from accounts import formats
from accounts.exports.cells import Cell
from accounts.exports.columns import Kind
from accounts.london import LONDON


class Written(str):
    """Words that know the cell they stand for."""

    __slots__ = ("cell",)

    cell: Cell

    @classmethod
    def of(cls, words: str, kind: Kind, value: Decimal | date | None) -> "Written":
        made = cls(words)
        made.cell = (kind, value)
        return made


def pounds(amount: Decimal | None) -> Written:
    return Written.of(formats.pounds(amount), Kind.MONEY, amount)


def day(on: date | None) -> Written:
    return Written.of(formats.local_day(on), Kind.DAY, on)


def moment(at: datetime | None, words: str | None = None) -> Written:
    """A moment; ``words`` where the page says it to the second."""
    said = formats.local_time(at) if words is None else words
    return Written.of(said, Kind.MOMENT, on_the_wall(at) if at else None)


def on_the_wall(at: datetime) -> datetime:
    """The moment as a clock in the UK shows it, to the second: a spreadsheet knows no zones."""
    return at.astimezone(LONDON).replace(tzinfo=None, microsecond=0)
