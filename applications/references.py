"""Application references: short enough to read over the telephone, impossible to guess."""

import secrets

#: Crockford's base 32: no I, L, O or U, so that none is taken for a figure or makes a word.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """Return a random reference such as LP-7K3M-Q2ZD (forty random bits)."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"LP-{letters[:4]}-{letters[4:]}"
