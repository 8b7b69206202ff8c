"""Postcodes: the six shapes and the letters that never stand in a place (dossier, section 3.2).

A check of form alone. It says nothing of the local authority: postcode areas straddle boundaries.
"""

import re

SPECIAL = "GIR0AA"
OUTWARD = re.compile(r"[A-PR-UWYZ]([0-9]{1,2}|[0-9][A-Z]|[A-HK-Y][0-9]{1,2}|[A-HK-Y][0-9][A-Z])")
INWARD = re.compile(r"[0-9][ABD-HJLNP-UW-Z]{2}")


class NotAPostcode(ValueError):
    """The text does not have the form of a UK postcode."""


def normalise(text: str) -> str:
    """Return the postcode in capitals with its one space: " l11aa" is L1 1AA."""
    letters = re.sub(r"\s", "", text).upper()
    outward, inward = letters[:-3], letters[-3:]
    if letters != SPECIAL and not (OUTWARD.fullmatch(outward) and INWARD.fullmatch(inward)):
        raise NotAPostcode("Enter a full UK postcode, like L3 5TF")
    return f"{outward} {inward}"
