"""Names, addresses and email domains in one spelling, so that the same body is known again."""

import re
import unicodedata

#: Endings that say what kind of company it is, and nothing about which.
LEGAL_FORMS = frozenset({"ltd", "limited", "plc", "llp", "lp", "cic", "cio", "inc", "co", "company"})
LEGAL_PHRASES = (("public", "limited", "company"), ("limited", "liability", "partnership"))
ABBREVIATED = {
    "rd": "road", "st": "street", "ave": "avenue", "av": "avenue", "ln": "lane", "dr": "drive",
    "sq": "square", "pl": "place", "ct": "court", "bldg": "building", "flr": "floor",
}  # fmt: skip
#: A house or a room in one.
NUMBER_ALONE = re.compile(r"\s*((unit|suite|flat|floor|office|room)\s+)?\w*\d\w*\s*", re.IGNORECASE)

#: Domains where anybody has an address, and those set aside for examples: sharing one says nothing.
OPEN_TO_ALL = frozenset(
    {
        "aol.com", "btinternet.com", "btopenworld.com", "duck.com", "example.com", "example.net",
        "example.org", "fastmail.com", "gmail.com", "gmx.co.uk", "gmx.com", "gmx.net", "googlemail.com",
        "hey.com", "hotmail.co.uk", "hotmail.com", "icloud.com", "live.co.uk", "live.com", "mac.com",
        "mail.com", "me.com", "msn.com", "ntlworld.com", "outlook.com", "pm.me", "proton.me",
        "protonmail.com", "sky.com", "talktalk.net", "virginmedia.com", "yahoo.co.uk", "yahoo.com",
        "ymail.com", "zoho.com",
    }
)  # fmt: skip


def name(text: str) -> str:
    """Return the name without case, punctuation and legal form: "The A & B Co. Ltd." is "a and b"."""
    words = _words(text.replace("&", " and ").replace("+", " and "))
    if words[:1] == ["the"]:
        words = words[1:]
    while len(words) > 1:
        phrase = next((one for one in LEGAL_PHRASES if tuple(words[-3:]) == one and len(words) > 3), None)
        if phrase:
            words = words[:-3]
        elif words[-1] in LEGAL_FORMS:
            words = words[:-1]
        else:
            break
    return " ".join(words)


def address(text: str, postcode: str) -> str:
    """Return the first line and the postcode: "1 Dock Rd., Liverpool" at "l3 4aa" is "1 dock road L34AA".

    Empty where either is missing: a street alone is in many towns.
    """
    parts = [part for part in re.split(r"[,\n\r]", text) if part.strip()]
    first = parts[0] if parts else ""
    if len(parts) > 1 and NUMBER_ALONE.fullmatch(first):
        # A number with a comma after it stands before its street.
        first = f"{first} {parts[1]}"
    line = " ".join(ABBREVIATED.get(word, word) for word in _words(first) if word != "the")
    code = re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKC", postcode).upper())
    return f"{line} {code}" if line and code else ""


def domain(text: str) -> str:
    """Return the domain of an email or web address, or "" where anybody may have one there.

    "Jo+x@WWW.Firm.co.uk" and "https://www.firm.co.uk/about" are firm.co.uk.
    """
    host = unicodedata.normalize("NFKC", text).strip().lower().rpartition("@")[2]
    host = re.sub(r"^[a-z]+://", "", host)
    host = re.split(r"[/:?#]", host)[0].strip(".").removeprefix("www.")
    return "" if host in OPEN_TO_ALL or "." not in host else host


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    # Dots and apostrophes stand inside a word: "P.L.C." is plc, "Sainsbury's" is sainsburys.
    return re.findall(r"\w+", re.sub(r"[.'’`]", "", plain))
