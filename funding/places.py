"""Where a budget's money can stand."""

from django.db.models import TextChoices


class Place(TextChoices):
    OUTSIDE = "outside", "Outside"
    AVAILABLE = "available", "Available"
    RESERVED = "reserved", "Reserved"
    COMMITTED = "committed", "Committed"
    PAID = "paid", "Paid"


#: The places that a budget keeps a total for. Money comes from outside when a ceiling is set.
COUNTED = (Place.AVAILABLE, Place.RESERVED, Place.COMMITTED, Place.PAID)

#: What is promised or gone; the ceiling binds their sum.
ALLOCATED = (Place.RESERVED, Place.COMMITTED, Place.PAID)
