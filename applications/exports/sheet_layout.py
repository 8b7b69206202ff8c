"""How the workbook is laid out: one sheet for each assessment, one row for each question and answer."""

from django.core import signing

from applications.models import Question

#: Where the sheet says what it is, in its second column.
REFERENCE_ROW, PROJECT_ROW, VERSION_ROW, MARK_ROW = 1, 2, 3, 4
HEADING_ROW, FIRST_ROW = 6, 7
#: Columns: what is asked, its limit, a mark or yes and no, a text, and by what name it is known.
ASKED, LIMIT, CHOICE, TEXT, NAME = range(1, 6)
HEADINGS = ("What is asked", "Limit", "Your mark or answer", "Your feedback or reason", "")

#: The rows of the verdict: what is chosen, what is written, and what is asked.
VERDICT = (
    ("in_scope", "scope_reason", "Is the project in scope? Say why"),
    ("category_fits", "", "Does the research category fit the project?"),
    ("fund", "fund_reason", "Is the application suitable for funding? Say why"),
    ("", "note_to_staff", "Note to staff (optional)"),
)

_signer = signing.Signer(salt="offline sheet")


def mark_of(assessment_id: int, version: int, questions: list[Question]) -> str:
    """The fingerprint that a sheet carries: of which assessment, version and questions it is."""
    return _signer.sign(f"{assessment_id}.{version}.{'-'.join(str(one.pk) for one in questions)}")


def read_mark(text: str) -> tuple[int, int] | None:
    """The assessment and the version; None where the fingerprint is none of ours."""
    try:
        assessment, version, _ = _signer.unsign(text).split(".")
        return int(assessment), int(version)
    except (signing.BadSignature, ValueError):
        return None
