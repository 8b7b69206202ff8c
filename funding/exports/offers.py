"""The offers as a file: the columns of the list, with how each ended and who signed."""

from django.db.models import CharField, F, TextField, Value
from django.db.models.functions import Cast, Coalesce

from accounts.exports.columns import Column, Kind, worded
from funding.models import OfferState

COLUMNS = (
    Column("Offer", F("pk"), Kind.NUMBER, 10),
    Column("Application", F("award__application__reference"), width=16),
    Column("Project", F("award__application__title"), width=40),
    Column("Competition", F("award__application__competition__code"), width=16),
    Column("Grant", F("award__amount"), Kind.MONEY),
    Column("State", worded("state", OfferState), width=22),
    Column("Made (UTC)", Cast("issued_at", CharField()), width=32),
    Column("Made by", F("issued_by__email"), width=32),
    Column("Expires (UTC)", Cast("expires_at", CharField()), width=32),
    Column("Template", F("template_version"), width=12),
    Column("Answered (UTC)", Coalesce(Cast("answer__answered_at", CharField()), Value("")), width=32),
    Column("Signed by", Coalesce("answer__signed_name", Value("")), width=28),
    Column("Role", Coalesce("answer__signed_role", Value("")), width=28),
    Column("Reason", Coalesce("answer__reason", Value("", TextField())), width=44),
)
