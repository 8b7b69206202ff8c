"""The exemptions of the Freedom of Information Act 2000 that a programme of grants usually relies on."""

from collections.abc import Mapping

LONGEST_NOTE = 500

#: The number of the section, and what it is about.
SECTIONS: Mapping[str, str] = {
    "12": "Section 12: the cost of complying is above the limit",
    "21": "Section 21: it can be had by other means",
    "22": "Section 22: it is intended for publication",
    "40": "Section 40: personal data",
    "41": "Section 41: given in confidence",
    "43": "Section 43: commercial interests",
}


def in_words(noted: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each section that is relied on with its note, in the order of the Act."""
    return [(SECTIONS[number], noted[number]) for number in SECTIONS if number in noted]
