"""An assessor walks every address while their own assessment is open: nothing of another's is anywhere.

Nor once it is submitted: it may be reopened, and then it is not final again.
"""

import re

import pytest
from django.urls import reverse

from applications.assessment import moderation, scoring
from applications.models import Assessment, AssessmentStatus, Score
from applications.models.assessment import AssessmentQuerySet
from applications.workflow import Status
from tests import crawl
from tests.access import PASSING
from tests.make import applications, assessments, office, people
from tests.make.times import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

#: No word of it is said elsewhere, and no other mean has its digits.
WORD = "Quandong"
#: How long one is still signed in, with a token each time.
SESSION = "/account/session/"
#: What else differs from one answer to the next: the time of day.
PASSED = re.compile(r"\d\d?:\d\d(:\d\d)?(\.\d+)?")
MARKED = [7, 3, 8, 2, 9, 4, 6, 1, 5, 7]


@pytest.fixture
def own() -> Assessment:
    """Begun, of an application that two others are marking too."""
    application = applications.application(Status.IN_ASSESSMENT)
    made = assessments.marked(application, people.assessor(), mark=5)
    for number in (1, 2):
        assessments.assessment(application, people.assessor(name=f"{WORD} Assessor {number}"))
    return made


def others(own: Assessment):
    return Assessment.objects.filter(application=own.application).exclude(pk=own.pk).order_by("pk")


def mark(own: Assessment) -> None:
    """The others say what is to be found nowhere; one submits, and the panel has a word on it."""
    for one in others(own):
        questions = scoring.scored_questions(one)
        Score.objects.bulk_create(
            Score(assessment=one, question=question, mark=given, feedback=f"{WORD} feedback {given}.")
            for question, given in zip(questions, MARKED * 2, strict=False)
        )
        texts = {name: f"{WORD} {name}." for name in ("scope_reason", "fund_reason", "note_to_staff")}
        Assessment.objects.filter(pk=one.pk).update(
            status=AssessmentStatus.READY, in_scope=True, category_fits=True, fund=False, **texts
        )
    final = others(own)[0]
    scoring.submit(final, version=final.version, by=final.assessor, at=NOON)
    final.refresh_from_db()
    manager = people.manager()
    made = moderation.propose(final, reason=f"{WORD} reason.", by=manager, at=NOON)
    moderation.decide(made, confirm=True, by=people.manager(), at=NOON)
    moderation.note(own.application, f"{WORD} note.", by=manager, at=NOON)


def asked(own: Assessment, browser, ids: set[int], **how):
    application = own.application
    part = applications.lead(application)
    values = {
        "reference": application.reference, "code": application.competition.code, "version": "1",
        "number": part.company_number,
    }  # fmt: skip
    return crawl.answers(browser, ids, values, searched=[WORD, application.reference], **how)


def leaks(own: Assessment, browser, **how) -> list[str]:
    """The addresses that say a word of another's; the word that is searched for is said by itself."""
    score = Score.objects.filter(assessment=others(own)[0]).first()
    ids = {own.pk, own.application_id, score.pk, *others(own).values_list("pk", flat=True)}
    told = re.compile(rf"{WORD} (Assessor|feedback|reason|note|scope_|fund_)".encode())
    return [f"{by} {address}" for by, address, body in asked(own, browser, ids, **how) if told.search(body)]


def pages(own: Assessment, browser) -> dict[str, str]:
    """What stands on every page, less what differs each time."""
    ids = {own.pk, own.application_id}
    return {
        address: PASSED.sub("", PASSING.sub("", body.decode(errors="replace")))
        for _by, address, body in asked(own, browser, ids, methods=["get"])
        if not address.startswith(SESSION)
    }


def test_nothing_that_others_gave_is_anywhere_while_ones_own_is_open(own):
    mark(own)

    assert leaks(own, office.sign_in(own.assessor)) == []


def test_nor_once_ones_own_is_submitted(own):
    mark(own)
    scoring.submit(own, version=own.version, by=own.assessor, at=NOON)

    assert leaks(own, office.sign_in(own.assessor), methods=["get"]) == []


def test_no_page_differs_by_what_others_have_done(own):
    browser = office.sign_in(own.assessor)
    before = pages(own, browser)

    mark(own)

    after = pages(own, browser)
    assert [address for address in before if before[address] != after.get(address)] == []


def test_the_walk_finds_what_is_not_kept_back(own, monkeypatch):
    mark(own)
    monkeypatch.setattr(AssessmentQuerySet, "visible_to", lambda rows, user: rows.all())

    found = leaks(own, office.sign_in(own.assessor), methods=["get"])

    final = others(own)[0]
    assert f"get {reverse('admin:applications_assessment_score', args=[final.pk])}" in found
    assert f"get {reverse('admin:applications_assessment_version', args=[final.pk, 1])}" in found
