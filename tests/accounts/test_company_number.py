import pytest

from accounts import company_number
from accounts.company_number import PREFIXES, NotACompanyNumber

#: What people type, and the 8 characters that are kept. Form and action are held to the same rows.
NORMALISED = [
    ("06500244", "06500244"),
    ("6500244", "06500244"),
    ("1", "00000001"),
    (" 0650 0244 ", "06500244"),
    ("SC123456", "SC123456"),
    ("sc123456", "SC123456"),
    ("SC1234", "SC001234"),
    ("sc 1234", "SC001234"),
    ("NI000001", "NI000001"),
    ("ip12345r", "IP12345R"),
    ("IP345R", "IP00345R"),
    ("RS001234", "RS001234"),
    ("RC000818", "RC000818"),
    ("RC818", "RC000818"),
    ("R0000123", "R0000123"),
    ("r0000123", "R0000123"),
    *((f"{prefix}000123", f"{prefix}000123") for prefix in PREFIXES),
]

REFUSED = [
    "123456789",
    "0650O244",
    "SC1234567",
    "SC",
    "SCABCDEF",
    "XX123456",
    "S1234567",
    "SC12345R",
    "IP123456R",
    "IP12345RR",
    "R123456",
    "R12345678",
    "00000000",
    "SC000000",
    "-6500244",
    "6500244.0",
    "６５００２４４",
    "٠٦٥٠٠٢٤٤",
    "1e7",
    "n/a",
]


@pytest.mark.parametrize(("typed", "kept"), NORMALISED)
def test_company_number_is_kept_in_8_characters(typed, kept):
    number = company_number.normalise(typed)

    assert number == kept


@pytest.mark.parametrize("typed", ["", " ", *REFUSED])
def test_what_is_no_company_number_is_refused(typed):
    with pytest.raises(NotACompanyNumber):
        company_number.normalise(typed)
