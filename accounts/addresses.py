"""Email addresses in one spelling, so that the same one is known again."""

import unicodedata


def normal(email: str) -> str:
    """Two spellings that look alike are one address: "ﬁ" is "fi", and capitals do not count."""
    return unicodedata.normalize("NFKC", email).strip().lower()
