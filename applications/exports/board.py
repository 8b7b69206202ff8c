"""The board of a competition's assessment as a file: the columns that stand on the page."""

import tempfile
from datetime import datetime

from django.db.models import F

from accounts.exports import workbook
from accounts.exports.columns import Column, Kind
from accounts.patience import unhurried
from applications.assessment import board

_COUNTS = [Column(heading, F(name), Kind.NUMBER, 12) for name, (heading, _states) in board.COLUMNS.items()]
_COUNTS.append(Column("Overdue", F("overdue"), Kind.NUMBER, 12))

BY_APPLICATION = (
    Column("Application", F("reference"), width=16),
    Column("Project", F("title"), width=50),
    Column("Given", F("total"), Kind.NUMBER, 12),
    *_COUNTS,
)
BY_ASSESSOR = (
    Column("Assessor", F("called"), width=30),
    Column("All", F("total"), Kind.NUMBER, 12),
    *_COUNTS,
)


def as_workbook(applications, assessors, at: datetime):
    """An open file with a sheet for each table of the page."""
    sheets = [
        ("By application", BY_APPLICATION, workbook.values(applications, BY_APPLICATION)),
        ("By assessor", BY_ASSESSOR, workbook.values(assessors, BY_ASSESSOR)),
    ]
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        with unhurried():
            workbook.write(file.name, sheets, as_of=at, title="Progress of assessment")
        # Stays readable for the answer after its name is gone.
        return open(file.name, "rb")
