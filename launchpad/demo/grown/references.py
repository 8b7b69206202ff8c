"""References of the grown programme: as scattered as real ones, and never twice the same."""

from applications.references import ALPHABET

BITS, LETTERS = 40, 8
#: An odd number: multiplied by it, no two numbers below 2**40 fall on the same.
SCATTER = 0x9E_3779_B97F


def reference(seed: int, number: int) -> str:
    code = (number * SCATTER + seed * 7_919 * SCATTER // 3) % 2**BITS
    letters = "".join(ALPHABET[code >> shift & 31] for shift in range(BITS - 5, -1, -5))
    return f"LP-{letters[:4]}-{letters[4:]}"
