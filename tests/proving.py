"""How large the tests are that gain by size: small in every run, at full size under `make prove`.

PROVE=1 in the environment asks for full size, where a run may take hours; ROUNDS= says how many rounds
of each race such a run makes.
"""

import os

IS_FULL = os.environ.get("PROVE") == "1"


def rounds(small: int) -> int:
    """How often a race is run."""
    return size(small, int(os.environ.get("ROUNDS", "50")))


def size(small: int, full: int) -> int:
    """Return how many of something a test makes: ``full`` only where everything is to be proved."""
    return full if IS_FULL else small
