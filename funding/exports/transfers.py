"""The ledger as a file: the columns of the list, with the award and the application of each transfer."""

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Coalesce

from accounts.exports.columns import Column, Kind, worded
from funding.places import Place

COLUMNS = (
    Column("Transfer", F("pk"), Kind.NUMBER, 10),
    Column("Time (UTC)", Cast("made_at", CharField()), width=32),
    Column("Budget code", F("budget__code"), width=24),
    Column("Budget", F("budget__name"), width=40),
    Column("From", worded("source", Place), width=12),
    Column("To", worded("target", Place), width=12),
    Column("Amount", F("amount"), Kind.MONEY),
    Column("Cause", F("cause"), width=44),
    Column("Award", F("award_id"), Kind.NUMBER, 10),
    Column("Application", Coalesce("award__application__reference", Value("")), width=16),
    Column("Budget change", F("change_id"), Kind.NUMBER, 14),
    Column("Person", Coalesce("made_by__email", Value("")), width=32),
)
