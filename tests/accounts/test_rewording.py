"""What a kind says is set in versions, for all or for one competition; every one is kept."""

import pytest
from django.db import Error, transaction

from accounts import composing, rewording, wording
from accounts.models import Notification, WordingVersion
from accounts.roles import Role
from tests.make import applications, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

BODY = "We have it.\n\n((receipt_button))"


def kind():
    return wording.of("application_submitted")


def save(subject="Thank you for ((reference))", body=BODY, scope="", seen=0, by=None, at=NOON):
    return rewording.save(kind(), subject, body, scope=scope, seen=seen, by=by or people.manager(), at=at)


def subject_of(application) -> str:
    notification = Notification(
        kind="application_submitted",
        recipient=application.started_by,
        subject_word="application",
        subject_id=application.pk,
    )
    return composing.compose(notification).subject


def test_a_wording_for_all_holds_from_the_next_e_mail_on():
    application = applications.application()
    before = subject_of(application)

    save()

    assert before == f"Application {application.reference} has been submitted"
    assert subject_of(application) == f"Thank you for {application.reference}"


def test_a_competitions_own_wording_goes_before_that_for_all():
    here, there = applications.application(), applications.application()
    save("For all ((reference))")

    save("For one ((reference))", scope=here.competition.code)

    assert subject_of(here) == f"For one {here.reference}"
    assert subject_of(there) == f"For all {there.reference}"


def test_a_wording_taken_back_lets_the_one_before_hold_again():
    application = applications.application()
    code = application.competition.code
    save("For all ((reference))")
    save("For one ((reference))", scope=code)

    rewording.take_back(kind(), scope=code, seen=1, by=people.manager(), at=NOON)
    for_all = subject_of(application)
    rewording.take_back(kind(), seen=1, by=people.manager(), at=NOON)

    assert for_all == f"For all {application.reference}"
    assert subject_of(application) == f"Application {application.reference} has been submitted"
    assert WordingVersion.objects.count() == 4


def test_every_version_is_kept_with_who_and_when_and_the_database_changes_none():
    first = save("One ((reference))")
    second = save("Two ((reference))", seen=1, at=NOON + DAY)

    kept = list(WordingVersion.objects.order_by("number").values_list("number", "made_by", "made_at"))
    assert kept == [(1, first.made_by_id, NOON), (2, second.made_by_id, NOON + DAY)]
    for change in (
        lambda: WordingVersion.objects.update(body="Other"),
        lambda: WordingVersion.objects.all().delete(),
    ):
        with pytest.raises(Error), transaction.atomic():
            change()


def test_unknown_and_missing_placeholders_are_refused_and_nothing_is_written():
    with pytest.raises(rewording.FaultyWording) as refusal:
        save("About ((nobody))", "No button here")

    assert [field for field, _ in refusal.value.found] == ["subject", "body"]
    assert not WordingVersion.objects.exists()


@pytest.mark.parametrize(("subject", "body", "field"), [("", BODY, "subject"), ("x" * 201, BODY, "subject")])
def test_a_subject_is_asked_for_and_may_not_be_too_long(subject, body, field):
    with pytest.raises(rewording.FaultyWording) as refusal:
        save(subject, body)

    assert {where for where, _ in refusal.value.found} == {field}


def test_who_comes_second_with_an_old_text_is_refused():
    save("One ((reference))")

    with pytest.raises(rewording.ChangedMeanwhile) as refusal:
        save("Two ((reference))", seen=0)

    assert refusal.value.current.subject == "One ((reference))"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.MANAGER}))
def test_only_a_manager_changes_what_is_written(role):
    with pytest.raises(rewording.NotAnEditor):
        save(by=people.user(role))


def test_a_competition_that_is_not_there_has_no_wording():
    with pytest.raises(rewording.NotAnEditor):
        save(scope="NOWHERE")


def test_what_is_about_no_competition_is_worded_for_all_alike():
    code = applications.application().competition.code

    with pytest.raises(rewording.FaultyWording):
        rewording.save(
            wording.of("account_exists"),
            "A",
            "((sign_in_button))",
            scope=code,
            seen=0,
            by=people.manager(),
            at=NOON,
        )


def test_a_wording_of_another_release_does_not_go_out():
    application = applications.application()
    WordingVersion.objects.create(
        kind="application_submitted",
        number=1,
        subject="Old ((gone))",
        body=BODY,
        made_by=people.manager(),
        made_at=NOON,
    )

    assert subject_of(application) == f"Application {application.reference} has been submitted"
