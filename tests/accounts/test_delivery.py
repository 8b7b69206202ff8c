"""One worker's part, against a real mail server that behaves as told."""

import time
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import Error, transaction

from accounts import delivery, outbox, wording
from accounts.channels import smtp
from accounts.models import Notification, OwedState, User
from tests.make import people
from tests.make.notifications import LEASE, leased
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


def again(notification, at) -> None:
    """Lease it once more at ``at`` and deliver it, as the relay and a worker would."""
    Notification.objects.lease(at, LEASE)
    delivery.deliver([notification.pk], at=at)
    notification.refresh_from_db()


def test_a_leased_notification_is_sent_in_plain_text_and_html(sink):
    notification = leased(email="ada@example.com", name="Ada O'Neill & <Co>")

    delivery.deliver([notification.pk], at=NOON)

    [message] = sink.received
    text, html = (part.get_content() for part in message.iter_parts())
    assert message["To"] == "ada@example.com"
    assert message["Subject"] == "You already have a Launchpad account"
    assert message["Message-ID"] == notification.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert "Dear Ada O'Neill & <Co>" in text
    assert "Dear Ada O&#x27;Neill &amp; &lt;Co&gt;" in html
    notification.refresh_from_db()
    assert (notification.state, notification.finished_at, notification.tries) == (OwedState.DONE, NOON, 1)


def test_a_second_worker_with_the_same_id_sends_nothing(sink):
    notification = leased()

    delivery.deliver([notification.pk], at=NOON)
    delivery.deliver([notification.pk], at=NOON)

    assert len(sink.received) == 1


def test_a_claimed_row_is_not_claimed_again_while_its_lease_lasts():
    notification = leased()

    first = Notification.objects.claim(notification.pk, at=NOON)
    second = Notification.objects.claim(notification.pk, at=NOON + LEASE / 2)

    assert first is not None
    assert second is None


def test_the_claim_begins_the_lease_again_so_that_queueing_takes_no_time_from_the_work():
    notification = leased()

    claimed = Notification.objects.claim(notification.pk, at=NOON + LEASE / 2)

    assert claimed.leased_until == NOON + LEASE / 2 + LEASE


def test_a_row_that_was_not_leased_is_left_alone(sink):
    person = people.user()
    notification = outbox.post(
        "account_exists", to=person, subject_word="person", subject_id=person.pk, cause="x", at=NOON
    )

    delivery.deliver([notification.pk], at=NOON)

    assert sink.connections == 0


def test_what_is_no_longer_true_is_not_sent(sink):
    notification = leased()
    notification.recipient.is_active = False
    notification.recipient.save()

    delivery.deliver([notification.pk], at=NOON)

    notification.refresh_from_db()
    assert notification.state == OwedState.VOID
    assert sink.connections == 0


def test_a_mailbox_that_does_not_exist_ends_it_at_once_in_the_server_s_words(sink):
    notification = leased()
    sink.refuse("550 5.1.1 No such mailbox")

    delivery.deliver([notification.pk], at=NOON)

    notification.refresh_from_db()
    assert notification.state == OwedState.FAILED
    assert notification.last_error == "550 5.1.1 No such mailbox"
    assert notification.finished_at == NOON


def test_an_e_mail_that_the_server_will_never_take_ends_it_too(sink):
    notification = leased()
    sink.refuse_data("554 Not wanted here")

    delivery.deliver([notification.pk], at=NOON)

    notification.refresh_from_db()
    assert (notification.state, notification.last_error) == (OwedState.FAILED, "554 Not wanted here")


def test_a_mailbox_that_is_full_for_now_is_tried_again_later(sink):
    notification = leased()
    sink.refuse("452 Mailbox full", times=1)

    delivery.deliver([notification.pk], at=NOON)

    notification.refresh_from_db()
    assert notification.state == OwedState.WAITING
    assert notification.last_error == "452 Mailbox full"
    assert notification.due_at >= NOON + delivery.FIRST_DELAY
    again(notification, at=notification.due_at)
    assert (notification.state, notification.tries, notification.last_error) == (OwedState.DONE, 2, "")
    assert [message["Message-ID"] for message in sink.received] == [notification.message_id]


def test_a_server_that_is_down_is_tried_again_when_it_is_up(sink):
    notification = leased()
    sink.stop()

    delivery.deliver([notification.pk], at=NOON)

    notification.refresh_from_db()
    assert notification.state == OwedState.WAITING
    assert "could not be reached" in notification.last_error
    sink.start()
    again(notification, at=notification.due_at)
    assert notification.state == OwedState.DONE


def test_a_server_that_is_silent_for_too_long_is_left_and_tried_again(sink, monkeypatch):
    monkeypatch.setattr(smtp, "LOOKING_THROUGH", 0.5)
    notification = leased()
    sink.wait(2)

    delivery.deliver([notification.pk], at=NOON)

    notification.refresh_from_db()
    assert notification.state == OwedState.WAITING


def test_a_server_that_breaks_off_after_the_text_gets_it_once_more_with_the_same_message_id(sink):
    notification = leased()
    sink.hang_up_after_data(times=1)

    delivery.deliver([notification.pk], at=NOON)

    notification.refresh_from_db()
    assert notification.state == OwedState.WAITING
    again(notification, at=notification.due_at)
    assert notification.state == OwedState.DONE
    assert {message["Message-ID"] for message in sink.received} == {notification.message_id}
    assert len(sink.received) == 2


def test_an_e_mail_that_cannot_be_written_waits_for_whoever_mends_it(sink):
    notification = leased()
    whole = wording.of("account_exists")
    wording.register(replace(whole, values=lambda notification: {}["nothing"]))

    try:
        delivery.deliver([notification.pk], at=NOON)
    finally:
        wording.register(whole)

    notification.refresh_from_db()
    assert notification.state == OwedState.WAITING
    assert notification.last_error == "It could not be written (KeyError)."


def test_the_tries_go_on_for_48_hours_and_then_it_has_failed(sink):
    notification = leased()
    sink.refuse("450 Not now")
    tried_at = [NOON]
    delivery.deliver([notification.pk], at=NOON)
    notification.refresh_from_db()

    while notification.state == OwedState.WAITING:
        tried_at.append(notification.due_at)
        again(notification, at=notification.due_at)

    assert notification.state == OwedState.FAILED
    assert tried_at[-2] < NOON + timedelta(hours=48) <= tried_at[-1]
    longest = max(after - before for before, after in pairwise(tried_at))
    assert longest <= delivery.LONGEST_DELAY * 1.25 < timedelta(minutes=15)
    assert notification.last_error.startswith(f"Given up after {len(tried_at)} tries over more than 48 hours")
    assert notification.last_error.endswith("The last: 450 Not now")


def test_a_server_that_never_says_whether_it_took_it_gets_it_twice_and_no_more(sink):
    notification = leased()
    sink.hang_up_after_data()
    delivery.deliver([notification.pk], at=NOON)
    notification.refresh_from_db()

    sink.refuse("450 Not now", times=1)
    again(notification, at=notification.due_at)
    assert notification.last_error == "It may have arrived: 450 Not now"
    again(notification, at=notification.due_at)

    assert (notification.state, len(sink.received)) == (OwedState.FAILED, 2)
    assert notification.last_error.startswith("It may have arrived twice: the mail server got all of it")


def test_a_server_that_looks_long_through_an_email_is_waited_for(sink, settings):
    settings.EMAIL_TIMEOUT = 1
    smtp.line.hang_up()
    notification = leased()
    sink.before_answering(lambda: time.sleep(2))

    delivery.deliver([notification.pk], at=NOON)

    notification.refresh_from_db()
    assert (notification.state, notification.tries, len(sink.received)) == (OwedState.DONE, 1, 1)


def test_a_worker_that_reports_back_ends_the_count_of_those_that_were_lost(sink):
    notification = leased()
    Notification.objects.filter(pk=notification.pk).update(workers_lost=4)
    sink.refuse("450 Not now", times=1)

    delivery.deliver([notification.pk], at=NOON)

    notification.refresh_from_db()
    assert (notification.state, notification.workers_lost) == (OwedState.WAITING, 0)


def test_48_hours_count_from_the_first_try_and_not_from_the_event(sink):
    notification = leased(at=NOON + timedelta(days=5))
    sink.refuse("450 Not now")

    delivery.deliver([notification.pk], at=NOON + timedelta(days=5))

    notification.refresh_from_db()
    assert notification.state == OwedState.WAITING


def test_a_time_in_which_we_stood_still_does_not_count_as_tries(sink):
    notification = leased()
    sink.refuse("450 Not now")
    delivery.deliver([notification.pk], at=NOON)

    again(notification, at=NOON + timedelta(hours=49))

    assert (notification.state, notification.tries) == (OwedState.WAITING, 2)


def test_a_reader_who_left_meanwhile_is_told_nothing(sink):
    notification = leased()
    User.objects.filter(pk=notification.recipient_id).update(is_active=False)

    delivery.deliver([notification.pk], at=NOON)

    notification.refresh_from_db()
    assert (notification.state, sink.received) == (OwedState.VOID, [])


def test_what_its_reader_may_not_see_any_more_is_not_sent(sink, monkeypatch):
    kind = wording.of("account_exists")
    monkeypatch.setitem(
        wording._register.kinds, kind.name, replace(kind, may_read=lambda notification: False)
    )
    notification = leased()

    delivery.deliver([notification.pk], at=NOON)

    notification.refresh_from_db()
    assert (notification.state, sink.received) == (OwedState.VOID, [])


def test_what_tells_people_that_they_have_left_reaches_them(sink, monkeypatch):
    kind = replace(wording.of("account_exists"), still_true=wording.always, to_who_left=True)
    monkeypatch.setitem(wording._register.kinds, kind.name, kind)
    notification = leased()
    User.objects.filter(pk=notification.recipient_id).update(is_active=False)

    delivery.deliver([notification.pk], at=NOON)

    assert len(sink.received) == 1


def test_one_connection_carries_one_e_mail_after_another(sink):
    for number in range(3):
        delivery.deliver([leased(email=f"reader{number}@example.com").pk], at=NOON)

    assert (len(sink.received), sink.connections) == (3, 1)


def test_a_refused_mailbox_does_not_cost_the_connection(sink):
    first, second = leased(), leased()
    sink.refuse("550 5.1.1 No such mailbox", times=1)

    delivery.deliver([first.pk], at=NOON)
    delivery.deliver([second.pk], at=NOON)

    assert (len(sink.received), sink.connections) == (1, 1)


def test_a_connection_is_renewed_when_the_server_has_had_enough_of_it(sink):
    sink.tire_after(2)

    for number in range(5):
        delivery.deliver([leased(email=f"reader{number}@example.com").pk], at=NOON)

    assert (len(sink.received), sink.connections) == (5, 3)
    assert Notification.objects.filter(state=OwedState.DONE, tries=1).count() == 5


def test_a_connection_is_renewed_after_so_many_e_mails(sink):
    smtp.line.hang_up()
    delivery.deliver([leased().pk], at=NOON)
    smtp.line.sent = smtp.EMAILS_A_LINE

    delivery.deliver([leased().pk], at=NOON)

    assert (len(sink.received), sink.connections) == (2, 2)


def test_a_connection_that_broke_in_silence_is_noticed_before_it_is_used(sink):
    delivery.deliver([leased().pk], at=NOON)
    sink.stop()
    sink.start()
    smtp.line.used_at -= 2 * smtp.TRUSTED_FOR  # as though that long had gone by

    notification = leased()
    delivery.deliver([notification.pk], at=NOON)

    notification.refresh_from_db()
    assert (notification.state, notification.tries) == (OwedState.DONE, 1)
    assert len(sink.received) == 2


def test_a_server_that_was_not_reached_is_left_alone_for_a_moment(sink):
    first, second = leased(), leased()
    smtp.line.hang_up()
    sink.stop()
    delivery.deliver([first.pk], at=NOON)
    sink.start()

    delivery.deliver([second.pk], at=NOON + smtp.REST / 2)
    second.refresh_from_db()
    told = second.last_error
    again(second, at=second.due_at)

    assert told == "The mail server could not be reached a moment ago."
    assert second.state == OwedState.DONE


@pytest.mark.parametrize("end", [OwedState.DONE, OwedState.FAILED, OwedState.VOID])
def test_an_end_is_an_end_for_the_database_too(end):
    notification = leased()
    Notification.objects.filter(pk=notification.pk).update(state=end)

    with pytest.raises(Error, match="Cannot update"), transaction.atomic():
        Notification.objects.filter(pk=notification.pk).update(state=OwedState.WAITING)
