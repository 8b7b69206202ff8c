"""The one list of what people are told: complete, written down, and each kind true to real rows."""

import re
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress

from accounts import (
    appointments,
    composing,
    email_changes,
    invitations,
    letters,
    membership_requests,
    outbox,
    rewording,
    trying,
    wording,
)
from accounts.models import JobRun, Notification, OwedState, User
from accounts.roles import Appointment, Role
from accounts.wording import Kind
from applications import closing, deadline, leaving, waivers
from applications.assessment import declining, inviting, planning, reopening
from applications.desk import deciding, ineligibility
from applications.desk.checks import Check, Outcome
from applications.desk.deciding import Ruling
from applications.workflow import AssessmentStatus, DeclineReason, Status
from funding import award_endings
from funding.models import ProgrammeReport
from funding.offers import answering, withdrawing
from funding.register import reminding
from funding.reports import programme
from tests.architecture import ROOT
from tests.make import applications, assessments, assistance, budgets, competitions, offers, people, register
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

PAGE = ROOT / "docs" / "notifications.md"
EVERY = pytest.mark.parametrize("kind", wording.kinds(), ids=lambda kind: kind.name)


@pytest.fixture
def viewer() -> User:
    """Somebody of the office who sees everything, with a row for every kind to be about."""
    within = budgets.funded_competition(ceiling="56000.00")
    for mark in (9, 8):
        budgets.assessed(within, mark)
    budgets.released(budgets.approved(within), by=budgets.fund_manager(), at=NOON + 2 * DAY)
    for_all_ends()
    assistance.asked()
    assistance.accepted(assistance.confirmed().share.award)
    assistance.to_be_uploaded()
    assessments.assessment(applications.application())
    assessments.assessment(applications.application(), status=AssessmentStatus.EXPIRED, answer_by=NOON)
    assessments.offered(applications.application(Status.IN_ASSESSMENT), answer_by=NOON + DAY)
    together = applications.application()
    planned = planning.draw_up(together.competition, by=people.manager(), at=NOON)
    planning.carry_out(planned, by=people.manager(), at=NOON)
    declined = assessments.assessment(applications.application())
    declining.decline(declined, DeclineReason.WORKLOAD, "Next month again.", by=declined.assessor, at=NOON)
    assessments.assessment(applications.application(Status.IN_ASSESSMENT))
    again = assessments.submitted(applications.application(Status.IN_ASSESSMENT))
    reopening.reopen(again, "Question 3 has no reason.", by=people.manager(), at=NOON)
    closing.draw(within, at=NOON)
    person = people.user(Role.MANAGER, Role.FUNDS, name="Ada O'Neill & <Co>")
    open_one = competitions.competition()
    deadline.move(
        open_one, open_one.closes_at + DAY, "The service was away.", by=person, at=open_one.opens_at
    )
    wide = applications.draft(competitions.competition(duration_max=12))
    asked = waivers.ask(
        wide, months=18, reason="A long trial <b>.", by=wide.started_by, at=wide.competition.opens_at
    )
    waivers.decide(asked, grant=True, reason="Agreed.", by=person, at=wide.competition.opens_at)
    refused = applications.application()
    ruling = {Check.COSTS: Ruling(Outcome.FAILS, "Most of it is for sales <b>.")}
    deciding.decide(refused, ruling, seen=0, by=person, at=NOON)
    ineligibility.find_ineligible(refused, by=person, at=NOON)
    ineligibility.reinstate(refused, "It was explained <b>.", by=people.manager(), at=NOON)
    partner = applications.partner(refused)
    assessments.assessment(refused)
    leaving.record(refused, partner, "It has closed down <b>.", by=person, at=NOON)
    register.asked(by=person)
    reminding.remind(at=NOON + 40 * DAY)
    report = programme.request(None, by=person, at=NOON)
    ProgrammeReport.objects.filter(pk=report.pk).update(as_of=NOON, state=OwedState.DONE)
    JobRun.objects.create(
        job="remind of drafts",
        period=NOON,
        taken_at=NOON,
        due_at=NOON,
        finished_at=NOON,
        tries=5,
        state=OwedState.FAILED,
        last_error="Parked after 5 tries. OperationalError: the database did not answer",
    )
    lost = Notification.objects.filter(kind="application_successful").first()
    Notification.objects.filter(pk=lost.pk).update(
        state=OwedState.FAILED, finished_at=NOON, last_error="550 5.1.1 No such mailbox"
    )
    outbox.post(
        "budget_level", to=person, subject_word="budget", subject_id=within.budgets.pot.pk,
        cause="news", facts={"level": 80}, at=NOON,
    )  # fmt: skip
    budgets.with_ceiling(within.budgets.region, "7000000.00")
    change = email_changes.ask(person, "new-address@example.com", by=person, at=NOON)
    assert change.person == person
    EmailAddress.objects.create(user=person, email=person.email, verified=False, primary=True)
    asker, second = people.user(Role.ADMINISTRATOR), people.user(Role.ADMINISTRATOR)
    wanted = [Appointment(Role.MANAGER), Appointment(Role.FUNDS), Appointment(Role.LEAD)]
    change = appointments.ask(person, wanted, may_sign_in=True, reason="Covers June.", by=asker, at=NOON)
    appointments.confirm(change, by=second, at=NOON)
    stop = appointments.stop(person, "A stolen laptop.", by=asker, at=NOON)
    appointments.let_in(stop, "It was found.", by=second, at=NOON)
    invitations.invite(
        wide.participants.get().organisation, "new@example.com", may_edit=True, by=wide.started_by, at=NOON
    )
    inviting.invite(wide.competition.region, "assess@example.com", by=people.manager(), at=NOON)
    request = membership_requests.ask(
        wide.participants.get().organisation, by=people.user(Role.APPLICANT, name="Bob <b>"), at=NOON
    )
    membership_requests.answer(request, may_edit=False, word="Welcome <b>.", by=wide.started_by, at=NOON)
    return person


def for_all_ends() -> None:
    """An offer that waits, and one of each end; of an award's own end one that waits, and one approved."""
    offers.ending()
    award_endings.approve(offers.ending(), by=budgets.approver(), at=offers.OFFERED_AT)
    offers.offer(conditions=["Send the plan <b>."])
    answer = {"name": "Asha <b> Rao", "role": "Director", "at": offers.OFFERED_AT + DAY}
    accepted, declined, withdrawn, lapsed = (offers.offer() for _ in range(4))
    answering.accept(accepted, **answer, by=offers.signer(accepted))
    answering.decline(declined, **answer, reason="Other money <b>.", by=offers.signer(declined))
    withdrawing.withdraw(withdrawn, "A mistake <b>.", by=budgets.fund_manager(), at=answer["at"])
    answering.lapse(lapsed, at=lapsed.expires_at)


def of_each(check: Callable[[Kind, User], None], viewer: User) -> None:
    """Hold every kind to ``check``. The rows take seconds to make and no check changes them: once for all."""
    for kind in wording.kinds():
        try:
            check(kind, viewer)
        except Exception as fault:
            fault.add_note(f"It is of {kind.name}.")
            raise


def letter_of(kind: Kind, viewer: User) -> composing.Letter:
    example = composing.example(kind, viewer)
    assert example, f"{kind.name} finds no row to be shown with: make one in viewer() of this file"
    return composing.compose(example, with_secrets=True)


@EVERY
def test_a_kind_says_who_gets_it_when_and_why(kind):
    assert all((kind.title, kind.to, kind.when, kind.subject_word, kind.because))
    assert kind.because.endswith(".")
    # What law or process asks for goes out at once, to everybody.
    assert not (kind.may_wait and kind.required_by)


@EVERY
def test_only_what_may_wait_waits_for_the_summary_whatever_its_reader_chose(kind):
    person = people.user(Role.MANAGER)
    person.wants_summary = True
    person.save()

    row = outbox.post(
        kind.name,
        to=person,
        subject_word=kind.subject_word,
        subject_id=1,
        cause=f"waits {kind.name}",
        at=NOON,
    )

    assert row.waits == kind.may_wait
    assert (row.due_at > NOON) == kind.may_wait


def test_only_what_ends_an_account_goes_to_somebody_who_may_not_sign_in():
    assert [kind.name for kind in wording.kinds() if kind.to_who_left] == ["roles_changed"]


@EVERY
def test_a_standing_text_names_what_its_kind_knows_and_nothing_else(kind):
    subject, body = wording.standing_text(kind.name)

    assert subject
    assert list(letters.faults(subject, body, kind.known)) == []


def test_every_kind_is_written_with_real_rows(viewer):
    of_each(is_written_with_real_rows, viewer)


def is_written_with_real_rows(kind, viewer):
    letter = letter_of(kind, viewer)

    values = kind.values(composing.example(kind, viewer))
    assert set(values) == set(kind.known)
    assert [name for name, value in values.items() if isinstance(value, str) and not value.strip()] == []
    assert [row for row in rows_of(values) if not all(text.strip() for text in row)] == []
    for text in (letter.subject, letter.text, letter.html):
        assert "((" not in text
        assert "None" not in text
    # An address that may have no account is greeted by no name.
    assert ("Dear Ada O'Neill & <Co>" in letter.text) == kind.is_to_reader
    assert ("Dear Ada O&#x27;Neill &amp; &lt;Co&gt;" in letter.html) == kind.is_to_reader
    assert "\n\n\n" not in letter.text


def rows_of(values: letters.Values) -> list[tuple[str, str]]:
    """What stands in its tables, in a text that is tried too."""
    found = []
    for value in values.values():
        for part in value if isinstance(value, tuple) else (value,):
            found += part.rows if isinstance(part, letters.Facts) else ()
    return found


@pytest.mark.parametrize("name", ["new_sign_in", "members_changed", "application_withdrawn"])
def test_a_wording_that_is_tried_has_real_moments(name, viewer):
    kind = wording.of(name)
    subject, body = wording.standing_text(name)
    found = kind.examples(viewer, rewording.ALL)[0]

    row = trying.send_to_oneself(
        kind, subject, body, scope=rewording.ALL, about=found, by=viewer, at=NOON + DAY
    )

    text = " ".join(composing.compose(row).text.split())
    assert re.search(r"\d(am|pm) on \d+ \w+ 20\d\d \((BST|GMT)\)|midday on \d+ \w+ 20", text)
    assert " at ," not in text and "When: ##" not in text


def test_the_html_needs_nothing_that_a_mail_program_may_refuse(viewer):
    of_each(needs_nothing_that_a_mail_program_may_refuse, viewer)


def needs_nothing_that_a_mail_program_may_refuse(kind, viewer):
    html = letter_of(kind, viewer).html

    assert not re.search(r"<(img|script|link|style|iframe|form)\b|url\(|class=", html)
    assert set(re.findall(r'href="(https?://[^/"]+)', html)) <= {"http://127.0.0.1:8000"}
    assert all(len(line) < 998 for line in html.splitlines())


def test_secrets_stand_in_the_e_mail_alone(viewer):
    of_each(shows_its_secrets_in_the_e_mail_alone, viewer)


def shows_its_secrets_in_the_e_mail_alone(kind, viewer):
    shown = composing.compose(composing.example(kind, viewer))
    values = kind.values(composing.example(kind, viewer))
    secrets = [values[known.name].url for known in kind.placeholders if known.is_secret]

    assert kind.has_secrets == bool(secrets)
    for secret in secrets:
        assert secret not in shown.text + shown.html
        assert "only its reader may have" in shown.text


def test_every_text_belongs_to_a_kind():
    texts = {file.stem for file in (ROOT / "templates" / "email").glob("*.txt")}

    assert texts == {kind.name for kind in wording.kinds()}


def test_a_kind_that_has_come_is_no_longer_expected():
    names = [kind.name for kind in (*wording.kinds(), *wording.coming())]

    assert len(names) == len(set(names))
    assert all(kind.feature for kind in wording.coming())


def row(kind: Kind) -> str:
    waits = "may wait" if kind.may_wait else f"always: {kind.required_by}" if kind.required_by else "at once"
    return f"| `{kind.name}` | {kind.title} | {kind.to} | {kind.when} | {waits} |"


def test_the_list_is_written_down_as_it_is():
    written = [line for line in PAGE.read_text().splitlines() if line.startswith("| `")]

    rows = [row(kind) for kind in wording.kinds()]
    rows += [f"| `{kind.name}` | {kind.title} | with {kind.feature} |" for kind in wording.coming()]
    assert written == rows


def test_the_page_names_the_file_of_every_kind():
    named = set(re.findall(r"`(\w+/\w+\.py)`", PAGE.read_text()))

    assert {kind.values.__module__.replace(".", "/") + ".py" for kind in wording.kinds()} - named == set()
