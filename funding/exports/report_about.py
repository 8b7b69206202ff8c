"""What a report says of itself in its files: as of when, of what, for whom, and what it leaves out."""

from datetime import UTC

from accounts.formats import exact_time, local_time
from funding.models import Occasion, ProgrammeReport

NOBODY = "Nobody: it is compiled by the timetable"
ANY = "all"
XLSX_FIRST = (
    "Use XLSX where leading zeros matter: a spreadsheet drops them when it opens a CSV. In CSV, a text that "
    "a spreadsheet would take for a formula has an apostrophe in front, which is not part of it."
)
LEFT_OUT = (
    "Competitions that had not closed by then. Claims, and payments other than those in the ledger. Names of "
    "assessors. Counts of equality answers below 5, and what they could be worked out from. In “Projects "
    "funded”, decisions of which those who applied had not been told; every other table counts them."
)
NOT_THE_PROGRAMMES = " The programme's own budget, which is not of one region alone."


def of(report: ProgrammeReport, version: str) -> list[tuple[str, str]]:
    """Each with its label, in one order; the same report says the same.

    version  of Launchpad, as its contents have it
    """
    as_of = report.as_of
    if as_of is None:
        raise ValueError("a report that is not compiled is about nothing yet")
    return [
        ("Report", f"Programme report {report.pk}"),
        ("Covers", f"{report.covers[:1].upper()}{report.covers[1:]}"),
        ("Real or invented", report.reality),
        ("Parameters", _parameters(report)),
        ("Why it was compiled", report.why),
        ("Asked for by", str(report.requested_by or NOBODY)),
        ("Asked for at" if report.requested_by else "Due at", local_time(report.requested_at)),
        ("Figures as of, UK time", exact_time(as_of, 6)),
        ("Figures as of, UTC", as_of.astimezone(UTC).isoformat()),
        ("Fingerprint of its tables (SHA-256)", report.fingerprint),
        ("Compiled by", f"Launchpad {version}".strip()),
        ("Left out", LEFT_OUT + ("" if report.is_whole else NOT_THE_PROGRAMMES)),
        ("Which file to use", XLSX_FIRST),
    ]


def _parameters(report: ProgrammeReport) -> str:
    """Worked: "competition all, region LCR, demonstration no, occasion asked"."""
    said = {
        "competition": report.competition.code if report.competition else ANY,
        "region": report.region.code if report.region else ANY,
        "demonstration": "yes" if report.is_invented else "no",
        "occasion": report.occasion,
    }
    if report.occasion != Occasion.ASKED:
        said["milestone"] = report.milestone
    return ", ".join(f"{name} {value}" for name, value in said.items())
