"""Company numbers as Companies House gives them: always 8 characters (dossier, section 3.2).

Kept as text, never as a number, because leading zeros belong to it.
"""

import re

#: Two letters that may begin a number, and what kind of body they stand for.
PREFIXES = {
    "SC": "company in Scotland",
    "NI": "company in Northern Ireland",
    "OC": "limited liability partnership in England or Wales",
    "SO": "limited liability partnership in Scotland",
    "NC": "limited liability partnership in Northern Ireland",
    "LP": "limited partnership in England or Wales",
    "SL": "limited partnership in Scotland",
    "NL": "limited partnership in Northern Ireland",
    "FC": "overseas company in England or Wales",
    "SF": "overseas company in Scotland",
    "NF": "overseas company in Northern Ireland",
    "SE": "societas",
    "AC": "assurance company in England or Wales",
    "SA": "assurance company in Scotland",
    "NA": "assurance company in Northern Ireland",
    "IP": "mutual in England or Wales",
    "SP": "mutual in Scotland",
    "NP": "mutual in Northern Ireland",
    "RS": "registered society",
    "RC": "body with a royal charter in England or Wales",
    "ZC": "body with a royal charter in Scotland",
    "CE": "charitable incorporated organisation",
}
#: A few numbers of mutuals end in a letter: IP12345R.
MUTUALS = frozenset({"IP", "SP", "NP", "RS"})


class NotACompanyNumber(ValueError):
    """The text cannot be a company number; the message says what one looks like."""


def normalise(text: str) -> str:
    """Return the 8 characters of the company number in ``text``.

    Spaces go, letters become capitals, and zeros fill the numeric part from the left:
    " sc 1234 " is SC001234, "6500244" is 06500244.
    """
    number = re.sub(r"\s", "", text).upper()
    if re.fullmatch(r"[0-9]{1,8}", number):
        return _not_zero(number.zfill(8))
    if re.fullmatch(r"R[0-9]{7}", number):  # older companies in Northern Ireland
        return _not_zero(number)

    parts = re.fullmatch(r"([A-Z]{2})([0-9]{1,6})([A-Z]?)", number)
    if parts is None:
        raise NotACompanyNumber("A company number has 8 characters, like 01234567 or SC123456")
    prefix, digits, letter = parts.groups()
    if prefix not in PREFIXES:
        raise NotACompanyNumber(f"No company number begins with {prefix}. Check the first two letters")
    if letter and prefix not in MUTUALS:
        raise NotACompanyNumber(f"A company number that begins with {prefix} ends in 6 digits")
    if len(digits) + len(letter) > 6:
        raise NotACompanyNumber("A company number has 8 characters, like 01234567 or SC123456")
    return _not_zero(prefix + digits.zfill(6 - len(letter)) + letter)


def _not_zero(number: str) -> str:
    if not re.search(r"[1-9]", number):
        raise NotACompanyNumber("A company number cannot be zeros only")
    return number
