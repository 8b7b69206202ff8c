"""Names of rows that a form, a body or a filter reads, beside those in the address."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.matrix.world import Side


@dataclass(frozen=True, slots=True)
class Body:
    """A field that names a row, in a form about a row of one's own."""

    route: str
    field: str
    names: Callable[[Side], str]
    nothing: str
    own: Callable[[Side], dict[str, str]] = lambda home: {}
    #: None takes a name out of what is filled in everywhere.
    beside: Callable[[Side], dict[str, str | None]] = lambda home: {}


def _live(home: Side) -> dict[str, str]:
    return {"pk": str(home["live"].pk)}


NO_PK = "999999999"
#: A question that came in, but for what it is about.
LOGGED: dict[str, str | None] = {
    "kind": "information", "asker": "public", "question": "How much was paid?", "due_on_day": None,
    "received_on_day": "29", "received_on_month": "5", "received_on_year": "2023",
}  # fmt: skip
BODIES = (
    Body(
        "applications:start", "organisation", lambda side: str(side["accounts.organisation"].pk), NO_PK,
        own=lambda home: {"code": home["open"].code},
    ),
    Body(
        "admin:applications_application_give", "assessor", lambda side: str(side.assessor.pk), NO_PK,
        own=_live,
    ),
    Body(
        "admin:applications_application_take_back", "assessment",
        lambda side: str(side["applications.assessment"].pk), NO_PK, own=_live,
    ),
    Body(
        "admin:applications_application_changelist", "_selected_action", lambda side: str(side["live"].pk),
        NO_PK, beside=lambda home: {"action": "give_selected", "assessor": str(home.assessor.pk)},
    ),
    Body(
        "admin:applications_application_changelist", "assessor", lambda side: str(side.assessor.pk), NO_PK,
        beside=lambda home: {"action": "give_selected", "_selected_action": str(home["live"].pk)},
    ),
    Body(
        "admin:accounts_notification_changelist", "_selected_action",
        lambda side: str(side["accounts.notification"].pk), NO_PK,
        beside=lambda home: {"action": "send_selected_again"},
    ),
    Body(
        "admin:funding_programmereport_request", "covers", lambda side: f"region:{side.region.code}",
        "region:NOWHERE",
    ),
    Body(
        "admin:funding_programmereport_request", "covers",
        lambda side: f"competition:{side['applications.competition'].code}", "competition:NOWHERE",
    ),
    Body(
        "admin:funding_informationrequest_log", "covers", lambda side: f"region:{side.region.code}",
        "region:NOWHERE", beside=lambda home: LOGGED,
    ),
    Body(
        "admin:funding_informationrequest_report", "report",
        lambda side: str(side["funding.informationrequest"].report_id), NO_PK,
        own=lambda home: {"pk": str(home["funding.informationrequest"].pk)},
    ),
    Body(
        "admin:accounts_wordingversion_own", "about", lambda side: str(side["entry"].pk), NO_PK,
        own=lambda home: {"kind": "application_submitted", "code": home["worded"].code},
        beside=lambda home: {
            "save": None, "preview": "yes", "seen": "0", "subject": "Received",
            "body": "We have it.\n\n((receipt_button))",
        },
    ),
    Body(
        "admin:applications_assessment_replace", "assessor", lambda side: str(side.assessor.pk), NO_PK,
        own=lambda home: {"pk": str(home["applications.assessment"].pk)},
        beside=lambda home: {"reason": "Busy."},
    ),
    Body(
        "admin:applications_application_decide_exclusion", "exclusion",
        lambda side: str(side["exclusion"].pk), NO_PK,
        own=lambda home: {"pk": str(home["entry"].pk)}, beside=lambda home: {"decision": "confirm"},
    ),
    Body(
        "admin:applications_assessorinvitation_add", "region", lambda side: str(side.region.pk), NO_PK,
        beside=lambda home: {"email": "new@example.com"},
    ),
    *[
        Body(
            route, "lines", lambda side: str(side["line"].pk), NO_PK,
            own=lambda home: {"pk": str(home["funding.allocation"].pk)},
            beside=lambda home: {"choice": "hold", "reason": "A question is open."},
        )
        for route in ("admin:funding_allocation_lines", "admin:funding_allocation_decide_lines")
    ],
    Body("api:report-list", "competition", lambda side: side["applications.competition"].code, "NOWHERE"),
    Body("api:report-list", "region", lambda side: side.region.code, "NOWHERE"),
    Body("admin:applications_competition_add", "region", lambda side: str(side.region.pk), NO_PK),
)  # fmt: skip

#: Which of the fields found by ``named.fields`` the bodies above stand for.
ASKED = frozenset(
    {
        "GiveForm.assessor", "GiveSelectedForm.assessor", "applications/admin/applications.py.assessor",
        "applications/admin/applications.py.assessment", "applications/views/start.py.organisation",
        "Application._selected_action", "Notification._selected_action", "WordingForm.about",
        "funding/admin/reports.py.covers",
        "LogRequestForm.covers", "ChooseReportForm.report",
        "AskReportSerializer.competition", "AskReportSerializer.region",
        "CompetitionForm.region",
        "InviteAssessorForm.region",
        "ReplaceForm.assessor", "LinesForm.lines",
        "applications/admin/marks_page.py.exclusion",
    }
)  # fmt: skip

PUBLIC_NUMBER = "a number in a public register, which nothing is looked up by here"
FACT = "a fact for everybody who may set up a competition"
#: Fields that could name a row by their kind or name, and name none of anybody's.
NAME_NOTHING = {
    "OrganisationForm.company_number": PUBLIC_NUMBER,
    "AssessorProfileForm.employer_number": PUBLIC_NUMBER,
    "AssessorProfileForm.employer_parent_number": PUBLIC_NUMBER,
    "AssessorProfileForm.earlier_employer_number": PUBLIC_NUMBER,
    "AssessorProfileForm.skills": "a list that everybody in the pool chooses from",
    "InterestForm.company_number": PUBLIC_NUMBER,
    "InterestForm.parent_number": PUBLIC_NUMBER,
    "InterestForm.organisation_name": "what the assessor says, by which rows are compared and none is shown",
    "InterestForm.interest_kind": "a kind, of a list",
    "ParentForm.number": PUBLIC_NUMBER,
    "ParentForm.parent_number": PUBLIC_NUMBER,
    "AcceptForm.has_no_conflict": "yes or no",
    "RankingForm.ranks_by": "one of two ways of ranking",
    "OrganisationForm.has_no_number": "yes or no",
    "accounts/views/look_up.py.company_number": "a number of a public register, which is asked for there",
    "accounts/views/look_up.py.has_no_number": "yes or no",
    "CompetitionForm.code": "names a new row",
    "CompetitionForm.answer_days": "a number of days",
    "CompetitionForm.number": PUBLIC_NUMBER,
    "CompetitionForm.intensity_table": FACT,
    "CompetitionForm.question_set": FACT,
    "PartForm.work_area": "one of the areas of the competition's own region, which are public",
    "DetailsForm.earlier_reference": "what the applicant says, which nothing is looked up by",
    "ReceiptForm.reference": "read from an address, with the receipt's code: QUERY_FORMS",
    "FundingViewForm.competition": "read from an address: NAMED_IN_QUERY",
    "FundingViewForm.region": "read from an address: NAMED_IN_QUERY",
    "ReceiptForm.code": "the secret that a receipt is shown by",
    "UploadedForm.reference": "what another database calls an entry",
    "AppointmentForm.held": "roles and regions, asked for by who holds for the programme",
    "LogRequestForm.question": "what somebody asked, in their words",
    "LogRequestForm.file_reference": "what the office calls its file, which nothing is looked up by",
    "AnswerRequestForm.answer": "what the office answers, in its words",
    "PutBackForm.number": "a version of the very text that the address names",
    "MembershipSerializer.company_number": "only ever read",
    "ErrorSerializer.code": "only ever read",
    "FeedbackSerializer.question": "only ever read",
    "applications/views/start.py.press": "signed by us, for this person",
}

#: A parameter of a list that names a row: the row, and which of its fields.
NAMED_IN_QUERY = {
    "competition": ("applications.competition", "code"),
    "application": ("entry", "reference"),
    "region": ("region", "code"),
    "place": ("region", "code"),
    "reference": ("entry", "reference"),
}
WORDS_IN_QUERY = frozenset(
    {
        "status", "submitted_from", "submitted_before", "ordering", "strand", "round", "state",
        "demonstration", "kind", "next", "theme", "words", "code", "page", "page_size", "occasion",
    }
)  # fmt: skip

#: Pages that read a form from their address.
QUERY_FORMS = {
    "applications:check_receipt": ("reference",),
    "admin:funding_report": ("competition", "region"),
    "admin:funding_report_jsonl": ("competition", "region"),
}
