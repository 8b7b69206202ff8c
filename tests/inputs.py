"""What people type into each kind of field: what is taken, what it becomes, and what is refused.

One place for all of it: the forms of the pages (``test_inputs.py``) and what the API reads
(``test_api_inputs.py``) are held to the same tables.
"""

from dataclasses import dataclass, field

MEGABYTE = 1024 * 1024
#: No field of any kind takes these.
FOR_NOBODY = ("a\x00b", "x" * MEGABYTE)

NAMES = ("Zoë Ó Briain", "李小龍", "محمد علي", "Ελένη Παπαδοπούλου", "O’Neill-Łukasz", "X Æ A-12", "نور‎")


@dataclass(frozen=True)
class Kind:
    """``taken`` maps what is typed to what it becomes; ``refused`` comes back with a reason at its field."""

    taken: dict[str, object] = field(default_factory=dict)
    refused: tuple[str, ...] = ()


KINDS = {
    "company number": Kind(
        {
            "06500244": "06500244",
            " 6500244 ": "06500244",
            "sc 1234": "SC001234",
            "R0000012": "R0000012",
            "IP12345R": "IP12345R",
            "oc301234": "OC301234",
            "NI 1": "NI000001",
            "1": "00000001",
        },
        ("123456789", "00000000", "XX123456", "SC12345A", "06-500-244", "٠٦٥٠٠٢٤٤", "£1", "SC", "-1234567"),
    ),
    "postcode": Kind(
        {
            "l35tf": "L3 5TF",
            " CF10 1AA ": "CF10 1AA",
            "gir0aa": "GIR 0AA",
            "EC1A 1BB": "EC1A 1BB",
            "m11ae": "M1 1AE",
            "B33 8TH": "B33 8TH",
            "w1a 0ax": "W1A 0AX",
            "dn551pt": "DN55 1PT",
        },
        ("L3", "QQ1 1AA", "L3 5TC", "12345", "L3 5T\u0406", "VA1 1AA", "AI1 1AA", "L3 5TFX", "GIR 0AB"),
    ),
    "email": Kind(
        {"Name@Example.com": None, "o'neill+tag@example.co.uk": None},
        ("name", "name@", "@example.com", "a b@example.com", "x" * 260 + "@example.com"),
    ),
    "name": Kind({name: name for name in NAMES}, ("x" * 201,)),
    "text": Kind({"<b>Gears</b> & “x”": None, "é" * 10: None, "🛠": None}),
    "pounds": Kind(
        {"£1,250": "1250", "1250.50": "1250.50", " 12 500 ": "12500", "1\u00a0250": "1250", "0": "0"},
        (
            "-1",
            "−1",
            "1.2.3",
            "1,250,00",
            "0x10",
            "１２５０",
            "1250 EUR",
            "1e5",
            "NaN",
            "Infinity",
            "1,25",
            "12.345",
            "٣",
            "99999999999999999999",
            "one",
        ),
    ),
    "percent": Kind(
        {"62.5": "62.5", "70%": "70", "100": "100", "33.33": "33.33"},
        ("-1", "1,5", "100.01", "1e1", "NaN", "1.234", "all"),
    ),
    "whole number": Kind({" 3 ": 3}, ("-1", "1.5", "1e1", "0x10", "9" * 30, "three", "3 months")),
    "day": Kind(
        {
            "29/2/2028": None,
            "1/Mar/2027": None,
            "01/march/2027": None,
            # The days on which the clocks change.
            "28/3/2027": None,
            "25/10/2026": None,
        },
        (
            "29/2/2027",
            "31/4/2027",
            "1/13/2027",
            "0/1/2027",
            "1/1/27",
            "1/1/0000",
            "//2027",
            "1/1/99999",
            "1/Ma/2027",
            "x/1/2027",
        ),
    ),
    "moment": Kind(
        # The hours before and after the one that is skipped in March and the one that comes twice in October.
        {
            "2027-03-28T00:59": None,
            "2027-03-28T02:00": None,
            "2026-10-25T00:59": None,
            "2026-10-25T02:00": None,
        },
        ("2027-03-28T01:30", "2026-10-25T01:30", "2027-02-30T11:00", "2027-01-01T25:00", "tomorrow"),
    ),
    #: Moments as other systems write them: with their offset, so that no hour is skipped or comes twice.
    "aware moment": Kind(
        {
            "2027-03-28T01:30:00Z": None,
            "2026-10-25T01:30:00+01:00": None,
            "2026-10-25T01:30:00+00:00": None,
            "2027-03-28T00:59:59.999Z": None,
        },
        ("1999-12-31T23:59:59Z", "2100-01-01T00:00:01Z", "2027-02-30T11:00:00Z", "tomorrow", "11am"),
    ),
    "search words": Kind(
        {
            "net zero": None,
            "mill or steel": None,
            "-wind": None,
            '"net zero"': None,
            "李小龍": None,
            "((&|!": None,
        },
        ("x" * 101,),
    ),
    "theme": Kind({"Net zero": None, "none of them": None}, ("x" * 61,)),
    "code": Kind({"LCR-R1-MFA": None, "E08000012": None}, ("a b", "' OR 1=1", "x" * 40, "ü")),
    "truth": Kind({"true": None, "false": None}, ("yes", "1", "True")),
    "choice": Kind({}, ("none of them",)),
    "tick": Kind({"on": True}),
    #: Carried by the page, not typed: what cannot be read counts as nothing.
    "carried": Kind(),
    #: Lead times in words.
    "lead times": Kind({"14 days, 2 hours": None}, ("soon", "-1 days", "3 fortnights")),
    #: A password is never read by anybody; its rules are allauth's and tested with signing up.
    "password": Kind(),
}
