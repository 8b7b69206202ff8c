"""The audit trail as a file: the columns of the list, and the proof of each row."""

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Coalesce, Concat

from accounts.exports.columns import Column, Kind

COLUMNS = (
    Column("Entry", F("pk"), Kind.NUMBER, 10),
    Column("Time (UTC)", Cast("at", CharField()), width=32),
    Column("Person", Coalesce("by__email", Value("")), width=32),
    Column("Roles", Cast("roles", CharField()), width=32),
    Column("Action", F("action"), width=28),
    Column("Refused", Cast("is_refusal", CharField()), width=10),
    Column("About", Concat("subject_word", Value(" "), Cast("subject_id", CharField())), width=20),
    Column("Before", Cast("before", CharField()), width=40),
    Column("After", Cast("after", CharField()), width=40),
    Column("Reason", F("reason"), width=40),
    Column("Request", F("request_id"), width=38),
    Column("Place in the chain", F("seal__position"), Kind.NUMBER, 18),
    Column("HMAC", F("mac"), width=66),
)
