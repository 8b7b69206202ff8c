import pytest

from accounts import postcode
from accounts.postcode import NotAPostcode

NORMALISED = [
    ("L3 5TF", "L3 5TF"),
    ("l35tf", "L3 5TF"),
    (" ts1  3ba ", "TS1 3BA"),
    ("M1 1AA", "M1 1AA"),  # A9
    ("L11 1AA", "L11 1AA"),  # A99
    ("W1A 1HQ", "W1A 1HQ"),  # A9A
    ("CH1 2HS", "CH1 2HS"),  # AA9
    ("WA10 1HP", "WA10 1HP"),  # AA99
    ("EC1A 1BB", "EC1A 1BB"),  # AA9A
    ("gir0aa", "GIR 0AA"),
]

REFUSED = [
    "L3", "L3 5T", "L35 55TF", "QL1 1AA", "V1 1AA", "X1 1AA", "LI1 1AA", "LJ1 1AA", "LZ1 1AA",
    "L3 5CF", "L3 5TC", "L3 5IF", "L3 5TK", "L3 5MM", "L3 5OO", "L3 5VV", "LL 5TF", "3L 5TF", "L333 5TF",
    "GIR 1AA", "SW1A 1A", "12345", "D02 X285", "Ｌ3 5TF", "L3-5TF",
]  # fmt: skip


@pytest.mark.parametrize(("typed", "kept"), NORMALISED)
def test_postcode_is_kept_in_one_spelling(typed, kept):
    assert postcode.normalise(typed) == kept


@pytest.mark.parametrize("typed", ["", " ", *REFUSED])
def test_what_is_no_postcode_is_refused(typed):
    with pytest.raises(NotAPostcode):
        postcode.normalise(typed)
