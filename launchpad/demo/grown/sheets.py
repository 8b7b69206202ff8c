"""The tables that a block of applications fills, each gathered on a sheet of its own."""

from datetime import datetime

from django.db import connection

from accounts.models import Notification
from applications.models import (
    Answer,
    Application,
    Assessment,
    AssessmentStatus,
    CompletedSection,
    CostLine,
    OtherFunding,
    Participant,
    SavedPage,
    Score,
    StatusChange,
)
from launchpad.demo.grown import trail
from launchpad.demo.grown.rows import Rows

CHANGE = "application_id before after made_by_id made_at"
NOTIFICATION = (
    "recipient_id kind subject_word subject_id cause message_id created_at due_at state tries"
    " finished_at last_error leased_until lease_length claimed_at"
)


class Sheets:
    """Rows of a block. What names another row is written after it."""

    def __init__(self):
        self.applications = Rows(
            Application,
            "id reference competition_id status title start_on duration_months research_category"
            " is_resubmission earlier_reference earlier_title cluster_activity equality_survey_done"
            " has_russian_involvement is_exploited_from_uk total_costs grant_sought"
            " started_by_id started_at submitted_by_id submitted_at released_at",
        )
        self.participants = Rows(
            Participant,
            "id application_id organisation_id is_lead name company_number kind size details_on"
            " work_postcode work_area_id overhead_method percentage_asked terms_accepted_at"
            " total_costs other_funding grant_sought contribution",
        )
        self.pages = Rows(SavedPage, "participant_id page saved_by_id saved_at")
        self.answers = Rows(Answer, "application_id question_id text saved_by_id saved_at")
        self.sections = Rows(CompletedSection, "application_id section completed_by_id completed_at")
        self.lines = Rows(
            CostLine,
            "participant_id category description detail country annual_cost working_days days"
            " quantity unit_cost new_price residual_value utilisation amount saved_by_id saved_at",
        )
        self.sources = Rows(OtherFunding, "participant_id source secured_on amount")
        self.changes = Rows(StatusChange, CHANGE)
        self.assessments = Rows(
            Assessment,
            "id application_id assessor_id status in_scope category_fits scope_reason fund fund_reason"
            " note_to_staff given_by_id given_at decline_reason end_comment ended_at",
        )
        self.scores = Rows(Score, "assessment_id question_id mark feedback")
        self.notifications = Rows(Notification, NOTIFICATION)
        self.trail = trail.rows()
        self.submitted: list[tuple[int, datetime]] = []

    def write(self) -> int:
        """Write all of it in the order in which it stands above, and lock what was submitted."""
        written = sum(
            rows.write()
            for rows in (
                self.applications,
                self.participants,
                self.pages,
                self.answers,
                self.sections,
                self.lines,
                self.sources,
                self.changes,
                self.assessments,
                self.scores,
                self.notifications,
                self.trail,
            )
        )
        self._submit()
        return written

    def _submit(self) -> None:
        """Submit assessments after their marks are there: the database locks them from then on."""
        if not self.submitted:
            return
        ids, moments = zip(*self.submitted, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE applications_assessment AS assessment"
                " SET status = %s, version = 3, submitted_at = given.moment"
                " FROM unnest(%s::bigint[], %s::timestamptz[]) AS given (id, moment)"
                " WHERE assessment.id = given.id",
                [AssessmentStatus.SUBMITTED.value, list(ids), list(moments)],
            )
        self.submitted.clear()
