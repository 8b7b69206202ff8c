"""The bare transactions: what the database has to be told, and nothing else, at most twelve statements.

Through Django's own connection, so that what is compared is what the product's actions do besides:
reading models, asking rules, composing forms of words. Everything that an action promises is here:
the locks, the move, the money, the message owed, the entry of the audit trail.
"""

import json
import uuid
from datetime import datetime

from django.db import connection, transaction

from accounts.models import AuditEntry, Notification
from applications.competition_lock import COMPETITION_LOCK
from applications.models import AssessmentStatus, Score, StatusChange
from applications.workflow import Status
from bench import inserts
from bench.decisions import Waiting
from bench.drafts import QUESTION, Draft
from funding.models import Award, AwardShare, AwardStatus, LineDecision, Transfer, Verdict

ENTRY = "serial at by_id roles action subject_word subject_id after mac"
MOVE = "application_id before after made_by_id made_at"
OWED = "recipient_id kind subject_word subject_id cause message_id created_at due_at"
AWARD = "application_id budgets_id amount status recommended_by_id approved_by_id made_at"
SHARE = "award_id participant_id grant percentage subsidy_basis"
VERDICT = "line_id verdict award_id proposed_by_id decided_by_id decided_at"
TRANSFER = "budget_id award_id source target amount cause made_by_id made_at"
SCORE = "assessment_id question_id mark feedback"
MAC = "0" * 64
MARKS = (
    "(SELECT %s::bigint AS assessment_id, question_id, mark, feedback"
    " FROM unnest(%s::bigint[], %s::smallint[], %s::text[]) AS marks (question_id, mark, feedback)) AS given"
)


class Stale(Exception):
    """Somebody else saved in between, which must not happen while we measure."""


def _audit(cursor, at: datetime, by: int, role: str, action: str, word: str, subject: int) -> None:
    after = json.dumps({"status": "changed"})
    values = [str(uuid.uuid4()), at, by, json.dumps([role]), action, word, subject, after, MAC]
    cursor.execute(inserts.into(AuditEntry, ENTRY), values)


@transaction.atomic
def submit(draft: Draft, competition: int, *, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [COMPETITION_LOCK, competition])
        cursor.execute("SELECT * FROM applications_application WHERE id = %s FOR UPDATE", [draft.pk])
        cursor.execute(
            "SELECT 1 FROM applications_participant AS part JOIN accounts_membership AS member"
            " USING (organisation_id) WHERE part.application_id = %s AND part.is_lead"
            " AND member.person_id = %s AND member.may_edit",
            [draft.pk, draft.writer],
        )
        cursor.execute("SELECT * FROM applications_competition WHERE id = %s", [competition])
        cursor.execute("SELECT * FROM applications_participant WHERE application_id = %s", [draft.pk])
        cursor.execute(
            "SELECT section FROM applications_completedsection WHERE application_id = %s", [draft.pk]
        )
        cursor.execute(
            "SELECT question.* FROM applications_question AS question JOIN applications_competition AS"
            " competition USING (question_set_id) WHERE competition.id = %s ORDER BY position",
            [competition],
        )
        cursor.execute(
            "UPDATE applications_application SET status = %s, submitted_at = %s, submitted_by_id = %s"
            " WHERE id = %s AND status = %s",
            [Status.SUBMITTED.value, at, draft.writer, draft.pk, Status.DRAFT.value],
        )
        cursor.execute(
            inserts.into(StatusChange, MOVE),
            [draft.pk, Status.DRAFT.value, Status.SUBMITTED.value, draft.writer, at],
        )
        cursor.execute(
            "SELECT member.person_id FROM applications_participant AS part JOIN accounts_membership AS"
            " member USING (organisation_id) WHERE part.application_id = %s AND part.is_lead"
            " AND member.may_edit",
            [draft.pk],
        )
        people = [row[0] for row in cursor.fetchall()]
        _owe(cursor, draft, people, at)
        _audit(cursor, at, draft.writer, "applicant", "submit application", "application", draft.pk)


def _owe(cursor, draft: Draft, people: list[int], at: datetime) -> None:
    """One statement for all who are told."""
    causes = [f"application {draft.pk} submitted: person {person}" for person in people]
    messages = [f"<{uuid.uuid4()}@bench>" for _ in people]
    given = (
        "(SELECT recipient_id, 'application_submitted' AS kind, 'application' AS subject_word,"
        " %s::bigint AS subject_id, cause, message_id, %s::timestamptz AS created_at,"
        " %s::timestamptz AS due_at FROM unnest(%s::bigint[], %s::text[], %s::text[])"
        " AS told (recipient_id, cause, message_id)) AS given"
    )
    statement = inserts.of_many(Notification, OWED, given)
    cursor.execute(statement, [draft.pk, at, at, people, causes, messages])


@transaction.atomic
def save_answer(draft: Draft, question: int, text: str, *, version: int, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM applications_application AS application JOIN applications_competition AS"
            " competition ON competition.id = application.competition_id WHERE application.id = %s"
            " AND application.status = %s AND EXISTS (SELECT FROM applications_participant AS part"
            " JOIN accounts_membership AS member USING (organisation_id) WHERE part.application_id ="
            " application.id AND part.is_lead AND member.person_id = %s AND member.may_edit)"
            " FOR UPDATE OF application",
            [draft.pk, Status.DRAFT.value, draft.writer],
        )
        cursor.execute(
            "UPDATE applications_answer SET text = %s, version = version + 1, saved_by_id = %s, saved_at = %s"
            " WHERE application_id = %s AND question_id = %s AND version = %s RETURNING version",
            [text, draft.writer, at, draft.pk, question, version],
        )
        if cursor.fetchone() is None:
            raise Stale
        cursor.execute(
            "DELETE FROM applications_completedsection WHERE application_id = %s AND section = %s",
            [draft.pk, QUESTION],
        )
        _audit(cursor, at, draft.writer, "applicant", "save answer", "application", draft.pk)


@transaction.atomic
def save_scores(assessment: int, assessor: int, marks: dict[int, tuple[int, str]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM applications_assessment AS assessment JOIN applications_application AS application"
            " ON application.id = assessment.application_id WHERE assessment.id = %s"
            " FOR UPDATE OF assessment",
            [assessment],
        )
        cursor.execute("SELECT * FROM applications_question WHERE id = ANY(%s)", [list(marks)])
        cursor.execute(
            inserts.of_many(Score, SCORE, MARKS) + " ON CONFLICT (assessment_id, question_id)"
            " DO UPDATE SET mark = EXCLUDED.mark, feedback = EXCLUDED.feedback",
            [
                assessment,
                list(marks),
                [mark for mark, _ in marks.values()],
                [feedback for _, feedback in marks.values()],
            ],
        )
        cursor.execute(
            "UPDATE applications_assessment SET status = %s, version = version + 1, in_scope = true,"
            " fund = true, fund_reason = 'Worth funding.' WHERE id = %s RETURNING version",
            [AssessmentStatus.READY.value, assessment],
        )
        cursor.execute("SELECT clock_timestamp()")
        (at,) = cursor.fetchone()
        _audit(cursor, at, assessor, "assessor", "save assessment", "assessment", assessment)


@transaction.atomic
def approve(waiting: Waiting, *, proposer: int, approver: int, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM applications_application WHERE id = %s FOR UPDATE", [waiting.application]
        )
        cursor.execute(
            "SELECT * FROM funding_allocationline AS line JOIN funding_allocation AS allocation"
            " ON allocation.id = line.allocation_id WHERE line.id = %s",
            [waiting.line],
        )
        cursor.execute(
            "UPDATE applications_application SET status = %s WHERE id = %s",
            [Status.SUCCESSFUL.value, waiting.application],
        )
        cursor.execute(
            inserts.into(StatusChange, MOVE),
            [waiting.application, Status.IN_ASSESSMENT.value, Status.SUCCESSFUL.value, approver, at],
        )
        cursor.execute(
            inserts.into(Award, AWARD),
            [
                waiting.application,
                waiting.budgets,
                waiting.amount,
                AwardStatus.RESERVED.value,
                proposer,
                approver,
                at,
            ],
        )
        (award,) = cursor.fetchone()
        cursor.execute(
            inserts.into(AwardShare, SHARE),
            [award, waiting.participant, waiting.amount, waiting.percentage, "MFA"],
        )
        cursor.execute(
            inserts.into(LineDecision, VERDICT),
            [waiting.line, Verdict.FUND.value, award, proposer, approver, at],
        )
        _audit(cursor, at, approver, "approver", "decide line", "allocation", waiting.pk)
        _reserve(cursor, waiting, award, approver, at)


def _reserve(cursor, waiting: Waiting, award: int, approver: int, at: datetime) -> None:
    """Lock the budgets last, in the order of their ids, and move the money."""
    budgets = list(waiting.budget_ids)
    cursor.execute("SELECT * FROM funding_budget WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [budgets])
    # Writing the transfers moves the budgets' sums.
    given = (
        "(SELECT budget_id, %s::bigint AS award_id, 'available' AS source, 'reserved' AS target,"
        " %s::numeric AS amount, %s AS cause, %s::bigint AS made_by_id, %s::timestamptz AS made_at"
        " FROM unnest(%s::bigint[]) AS drawn (budget_id)) AS given"
    )
    moved = [award, waiting.amount, f"award {award} approved", approver, at, budgets]
    cursor.execute(inserts.of_many(Transfer, TRANSFER, given), moved)
