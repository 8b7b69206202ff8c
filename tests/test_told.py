"""The list of what people are to be told: each event has its notification, and each of those its proof.

A test that carries a deed out by its real action, and finds the notification owed, says so with
``@pytest.mark.tells("name")``; the fixture in ``tests/conftest.py`` holds it to that.
"""

import re

import pytest

from accounts import outbox, wording
from accounts.models import Notification
from applications import drafting, setting_up
from applications.models import Stage
from tests.architecture import ROOT
from tests.make import applications, competitions, organisations, people
from tests.make.times import NOON

#: What the programme office is to tell people, in its own words, and the name it goes by.
EVENTS = {
    "account confirmation": "account_confirmation",
    "password reset": "password_reset",
    "a second account with the same address": "account_exists",
    "new address to be confirmed": "email_change",
    "email changed": "email_changed",
    "new sign-in for staff": "new_sign_in",
    "role change for staff": "roles_changed",
    "sign-in stopped or let in again, for the other administrators": "sign_in_changed",
    "one's own membership changed": "membership_changed",
    "somebody joined or left, for the other editors": "members_changed",
    "somebody asks to be let in to an organisation": "membership_asked",
    "who asked to be let in was answered": "membership_answered",
    "invitation to an organisation": "organisation_invitation",
    "invitation to a partner": "partner_invitation",
    "invitation to an assessor": "assessor_invitation",
    "application started": "application_started",
    "partner late": "partner_late",
    "deadline at 14, 3 and 1 days and 2 hours": "application_deadline",
    "submitted": "application_submitted",
    "reopened, must be submitted again": "application_reopened",
    "withdrawn": "application_withdrawn",
    "withdrawn, for its assessors": "assessment_withdrawn",
    "ineligible with reasons": "application_ineligible",
    "reinstated": "application_reinstated",
    "organisation left after submission": "participant_left",
    "lead left after submission, for its assessors": "assessed_lead_left",
    "partner left after submission, for its assessors": "assessed_participant_left",
    "waiver asked for": "waiver_asked",
    "waiver decided": "waiver_decided",
    "date of the competition changed": "competition_changed",
    "rule of the competition changed": "competition_rules_changed",
    "assessment offered": "assessment_given",
    "several assessments offered": "assessments_given",
    "assessment accepted": "assessment_accepted",
    "several assessments accepted": "assessments_accepted",
    "assessment declined": "assessment_declined",
    "assessment not answered": "assessment_unanswered",
    "offer of an assessment ends soon": "offers_end_soon",
    "offer of an assessment ended, for its assessor": "offers_ended",
    "assessment taken back": "assessment_taken_back",
    "assessment due soon": "assessment_due_soon",
    "assessment overdue": "assessment_overdue",
    "assessment reopened": "assessment_reopened",
    "decision successful": "application_successful",
    "decision unsuccessful with feedback": "application_unsuccessful",
    "decision on hold": "application_on_hold",
    "offer ready": "offer_ready",
    "offer expiring": "offer_expiring",
    "offer answered, for those who applied": "offer_answered",
    "offer lapsed": "offer_lapsed",
    "offer withdrawn": "offer_withdrawn",
    "offer accepted": "offer_accepted",
    "offer declined": "offer_declined",
    "offer lapsed, for fund managers": "offer_unanswered",
    "report ready": "report_ready",
    "report failed": "report_failed",
    "competition closed with counts": "competition_closed",
    "budget above 80, 90, 100%": "budget_level",
    "budget change proposed": "budget_change_proposed",
    "budget change decided": "budget_change_decided",
    "award ending proposed": "award_ending_proposed",
    "award ending decided": "award_ending_decided",
    "award ended": "award_ended",
    "assistance to be confirmed": "mfa_notice",
    "assistance given": "mfa_given",
    "subsidy database entry due": "subsidy_entry_due",
    "information request due": "information_request_due",
    "job failed": "job_failed",
    "message undeliverable": "message_undeliverable",
    "daily summary": "daily_summary",
    "test of a wording": "wording_test",
}


def proved() -> set[str]:
    texts = (file.read_text() for file in (ROOT / "tests").rglob("test_*.py"))
    marks = (
        found for text in texts for found in re.findall(r"^\s*@pytest\.mark\.tells\(([^)]*)\)", text, re.M)
    )
    return {name for mark in marks for name in re.findall(r'"(\w+)"', mark)}


def test_every_event_has_its_notification_or_the_feature_that_it_comes_with():
    known = {kind.name for kind in (*wording.kinds(), *wording.coming())}

    assert sorted(EVENTS.values()) == sorted(known)


def test_every_notification_is_posted_by_its_real_action_in_a_test():
    assert proved() == {kind.name for kind in wording.kinds()}


@pytest.mark.django_db
@pytest.mark.tells("application_started")
def test_whoever_starts_an_application_is_told():
    organisation = organisations.organisation()
    person, _colleague = people.member(organisation), people.member(organisation)
    within = competitions.competition()

    started = drafting.start(within, organisation, by=person, at=within.opens_at)

    told = Notification.objects.get()
    assert (told.kind, told.recipient, told.subject_id) == ("application_started", person, started.pk)


@pytest.mark.django_db
def test_no_rule_of_a_published_competition_changes_so_that_nobody_need_be_told():
    """Its close alone can be moved, and that is told; the rest comes with its feature."""
    within, manager = competitions.competition(), people.manager()
    assert within.stage == Stage.PUBLISHED

    within.title = "Another"
    with pytest.raises(setting_up.SettingUpRefused):
        setting_up.change(within, by=manager, at=NOON)


@pytest.mark.django_db
def test_a_notification_that_the_test_posts_itself_proves_nothing(posted_by_the_product):
    person = applications.application().started_by

    outbox.post("account_exists", to=person, subject_word="person", subject_id=1, cause="x", at=NOON)

    assert "account_exists" not in posted_by_the_product
