"""The forms of the pages that the matrix of one effect leaves out, each ready to be sent."""

from collections.abc import Callable
from datetime import timedelta

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.test import Client
from django.urls import reverse

from accounts import appointments, clock, outbox, rewording, wording
from accounts.models import Notification, OwedState, User
from accounts.roles import Appointment, Role
from applications import waivers
from applications.assessment import planning
from applications.models import Application, CostLine, Stage
from applications.workflow import Status
from tests import (
    assessment_presses,
    assessor_presses,
    decision_presses,
    desk_presses,
    form_on_page,
    funding_file_presses,
    offer_presses,
    open_data_presses,
    organisation_presses,
    panel_presses,
    register_presses,
    saved_view_presses,
    subsidy_presses,
)
from tests.form_on_page import Press, form_of
from tests.make import applications, budgets, competitions, office, organisations, people
from tests.make.times import NOON

PASSWORD, ANOTHER = "three unrelated words", "other unrelated words"


def add_competition() -> Press:
    typed = {"code": "NEW", "title": "New", "region": competitions.region().pk, "strand": "MFA", "pot": "P"}
    browser = office.sign_in(people.manager())
    return form_of(browser, "/admin/applications/competition/add/", having="pot", **typed)


def change_competition() -> Press:
    made = competitions.competition(stage=Stage.SET_UP)
    page = f"/admin/applications/competition/{made.pk}/change/"
    return form_of(office.sign_in(people.manager()), page, having="pot", summary="Another summary.")


def publish() -> Press:
    now = clock.now()
    made = competitions.competition(
        stage=Stage.SET_UP, opens_at=now + timedelta(days=1), closes_at=now + timedelta(days=9)
    )
    page = f"/admin/applications/competition/{made.pk}/change/"
    return form_of(office.sign_in(people.manager()), page, "publish")


def move_the_close() -> Press:
    wanted = (clock.now() + timedelta(days=60)).replace(hour=12)
    typed = {"closes_at": f"{wanted:%Y-%m-%dT%H:%M}", "reason": "Fog."}
    page = f"/admin/applications/competition/{competitions.open_now().pk}/deadline/"
    return form_of(office.sign_in(people.manager()), page, having="reason", **typed)


def draw_up_plan() -> Press:
    entry, manager = applications.application(), people.manager()
    people.assessor()
    page = f"/admin/applications/competition/{entry.competition_id}/assign/"
    return form_of(office.sign_in(manager), page)


def carry_out_plan() -> Press:
    entry, manager = applications.application(), people.manager()
    people.assessor()
    plan = planning.draw_up(entry.competition, by=manager, at=NOON)
    page = f"/admin/applications/competition/{entry.competition_id}/assign/{plan.pk}/"
    return form_of(office.sign_in(manager), page)


def on_role(verb: str, **typed) -> Callable[[], Press]:
    def press() -> Press:
        competitions.region("TV", "Tees Valley")
        person = people.user(Role.LEAD)
        asker, second = people.user(Role.ADMINISTRATOR), people.user(Role.ADMINISTRATOR)
        if verb in ("confirm", "refuse", "take-back"):
            wanted = [Appointment(Role.FUNDS)]
            appointments.ask(person, wanted, may_sign_in=True, reason="Joins.", by=asker, at=NOON)
        if verb == "let-in":
            appointments.stop(person, "A stolen laptop.", by=asker, at=NOON)
        browser = office.sign_in(second if verb in ("confirm", "refuse", "let-in") else asker)
        return form_of(browser, f"/admin/accounts/user/{person.pk}/change/", verb, **typed)

    return press


def failed() -> Notification:
    person = people.user()
    owed = outbox.post(
        "account_exists",
        to=person,
        subject_word="person",
        subject_id=person.pk,
        cause=f"found {person.pk}",
        at=NOON,
    )
    Notification.objects.filter(pk=owed.pk).update(state=OwedState.FAILED, finished_at=NOON, last_error="550")
    return owed


def send_again() -> Press:
    page = f"/admin/accounts/notification/{failed().pk}/change/"
    return form_of(office.sign_in(people.manager()), page, "send-again", reason="It was mended.")


def send_selected_again() -> Press:
    typed = {"action": "send_selected_again", "_selected_action": failed().pk, "reason": "It was mended."}
    page = "/admin/accounts/notification/"
    return form_of(office.sign_in(people.manager()), page, having="_selected_action", **typed)


def give_selected() -> Press:
    application = applications.application(Status.SUBMITTED, competitions.closed_competition())
    typed = {
        "action": "give_selected", "_selected_action": application.pk, "assessor": people.assessor().pk
    }  # fmt: skip
    page = "/admin/applications/application/"
    return form_of(office.sign_in(people.manager()), page, having="_selected_action", **typed)


def recount() -> Press:
    return form_of(office.sign_in(budgets.fund_manager()), "/admin/funding/ledgercheck/", "recount")


def change_line() -> Press:
    competition = competitions.open_now()
    draft = applications.complete_draft(competition, at=competition.opens_at)
    line = CostLine.objects.get(participant__application=draft)
    page = f"/applications/{draft.reference}/costs/{line.category}/{line.pk}/"
    return form_of(office.sign_in(draft.started_by), page, having="version", save="yes")


def with_password() -> User:
    person = people.member(organisations.organisation())
    person.set_password(PASSWORD)
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def sign_up() -> Press:
    typed = {"name": "Ada Byron", "email": "ada@example.com", "password1": PASSWORD}
    return form_of(Client(), "/account/signup/", having="password1", **typed)


def sign_in() -> Press:
    return form_of(
        Client(), "/account/login/", having="password", login=with_password().email, password=PASSWORD
    )


def forget_password() -> Press:
    return form_of(Client(), "/account/password/reset/", having="email", email=with_password().email)


def change_password() -> Press:
    typed = {"oldpassword": PASSWORD, "password1": ANOTHER}
    return form_of(
        office.sign_in(with_password()), "/account/password/change/", having="oldpassword", **typed
    )


def set_password() -> Press:
    """For somebody who has none yet."""
    person = with_password()
    person.set_unusable_password()
    person.save()
    return form_of(office.sign_in(person), "/account/password/set/", having="password1", password1=ANOTHER)


def set_password_by_link() -> Press:
    person, browser = with_password(), Client()
    token = EmailAwarePasswordResetTokenGenerator().make_token(person)
    link = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(person), token])
    return form_of(browser, browser.get(link)["Location"], having="password1", password1=ANOTHER)


def say_who_one_is() -> Press:
    browser = office.sign_in(with_password())
    return form_of(browser, "/account/reauthenticate/", having="password", password=PASSWORD)


def confirm_address() -> Press:
    address = EmailAddress.objects.get(user=with_password())
    EmailAddress.objects.update(verified=False)
    link = reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key])
    reader, browser = form_on_page.Reader(), Client()
    reader.feed(browser.get(link).text)
    [form] = [form for form in reader.forms if form.method == "post"]
    return browser, form.action or link, form.values


def stay_signed_in() -> Press:
    return form_of(office.sign_in(with_password()), "/account/", "session")


def sign_out() -> Press:
    return form_of(office.sign_in(with_password()), "/account/logout/")


def on_wording(*, own: bool, button: str = "save", puts_back: str = "") -> Callable[[], Press]:
    """``puts_back``: the number of the version that is to hold again, 0 for the wording before any."""

    def press() -> Press:
        code = competitions.competition().code if own else ""
        manager, kind = people.manager(), wording.of("application_submitted")
        page = "/admin/accounts/wordingversion/kinds/application_submitted/" + (f"in/{code}/" if own else "")
        browser, body = office.sign_in(manager), "We have it.\n\n((receipt_button))"
        if not puts_back:
            typed = {"subject": "Received", "body": body, button: "yes"}
            return form_of(browser, page, having="body", **typed)
        rewording.save(kind, "First", body, scope=code, seen=0, by=manager, at=NOON)
        rewording.save(kind, "Second", body, scope=code, seen=1, by=manager, at=NOON)
        return form_of(browser, page, "put-back", number=puts_back)

    return press


def mark_as_read() -> Press:
    return form_of(office.sign_in(failed().recipient), "/account/notifications/")


def choose_when() -> Press:
    return form_of(office.sign_in(people.manager()), "/account/notifications/", "when", when="daily")


def wide_draft() -> Application:
    """A draft in an open competition that limits the duration."""
    within = competitions.open_now(duration_min=3, duration_max=12)
    return applications.complete_draft(within, at=within.opens_at)


def ask_for_waiver() -> Press:
    draft = wide_draft()
    page = f"/applications/{draft.reference}/waiver/"
    return form_of(office.sign_in(draft.started_by), page, months="30", reason="A long trial.")


def decide_waiver() -> Press:
    draft = wide_draft()
    waiver = waivers.ask(
        draft, months=30, reason="A long trial.", by=draft.started_by, at=draft.competition.opens_at
    )
    page = f"/admin/applications/waiver/{waiver.pk}/change/"
    return form_of(office.sign_in(people.manager()), page, "decide", decision="grant", reason="Agreed.")


def check_whether_it_fits() -> Press:
    page = f"/competitions/{competitions.open_now().code}/check/"
    return form_of(Client(), page, having="lead_kind", lead_kind="business", project_costs="50,000")


PRESSES: dict[str, Callable[[], Press]] = {
    **organisation_presses.PRESSES,
    **assessor_presses.PRESSES,
    **assessment_presses.PRESSES,
    **panel_presses.PRESSES,
    **decision_presses.PRESSES,
    **desk_presses.PRESSES,
    **offer_presses.PRESSES,
    **subsidy_presses.PRESSES,
    **register_presses.PRESSES,
    **open_data_presses.PRESSES,
    **saved_view_presses.PRESSES,
    **funding_file_presses.PRESSES,
    "check whether it fits": check_whether_it_fits,
    "ask for a waiver": ask_for_waiver,
    "decide a waiver": decide_waiver,
    "add a competition": add_competition,
    "change a competition": change_competition,
    "publish a competition": publish,
    "draw up a plan": draw_up_plan,
    "carry out a plan": carry_out_plan,
    "move the close": move_the_close,
    "ask for a role change": on_role("ask", held=["auditor:"], may_sign_in="on", reason="Joins the team."),
    "stop from signing in": on_role("stop", **{"stop-reason": "A stolen laptop."}),
    "let sign in again": on_role("let-in", **{"let-in-reason": "It was found."}),
    "confirm a role change": on_role("confirm"),
    "refuse a role change": on_role("refuse", **{"refuse-reason": "Not agreed."}),
    "take back a role change": on_role("take-back"),
    "send a notification again": send_again,
    "send selected notifications again": send_selected_again,
    "give selected applications": give_selected,
    "set a wording": on_wording(own=False),
    "set a competition's own wording": on_wording(own=True),
    "put a wording back": on_wording(own=False, puts_back="1"),
    "put a competition's own wording back": on_wording(own=True, puts_back="1"),
    "take a wording back": on_wording(own=False, puts_back="0"),
    "send a wording to oneself": on_wording(own=False, button="test"),
    "mark notifications as read": mark_as_read,
    "choose when to be told": choose_when,
    "count the ledger": recount,
    "change a cost line": change_line,
    "sign up": sign_up,
    "sign in": sign_in,
    "ask for a new password": forget_password,
    "change the password": change_password,
    "set a password": set_password,
    "set a password by a link": set_password_by_link,
    "say who one is": say_who_one_is,
    "confirm an address": confirm_address,
    "sign out": sign_out,
    "stay signed in": stay_signed_in,
}

#: The route of each press, of those above and of the matrix.
GO_TO = {
    **organisation_presses.GO_TO,
    **assessor_presses.GO_TO,
    **assessment_presses.GO_TO,
    **panel_presses.GO_TO,
    **decision_presses.GO_TO,
    **desk_presses.GO_TO,
    **offer_presses.GO_TO,
    **subsidy_presses.GO_TO,
    **register_presses.GO_TO,
    **open_data_presses.GO_TO,
    **saved_view_presses.GO_TO,
    **funding_file_presses.GO_TO,
    "check whether it fits": "applications:fit",
    "start an application": "applications:start",
    "ask for a waiver": "applications:waiver",
    "decide a waiver": "admin:applications_waiver_decide",
    "save details": "applications:details",
    "save an answer": "applications:answer",
    "save an answer and complete it": "applications:answer",
    "save the organisation's part": "applications:organisation",
    "add a cost line": "applications:cost_lines",
    "remove a cost line": "applications:cost_line_remove",
    "choose overheads": "applications:costs",
    "ask for funding": "applications:funding",
    "declare": "applications:declarations",
    "submit an application": "applications:check",
    "reopen an application": "applications:reopen",
    "delete a draft": "applications:delete",
    "withdraw an application": "applications:withdraw",
    "enter an organisation": "accounts:organisation_create",
    "change an organisation": "accounts:organisation_change",
    "give to an assessor": "admin:applications_application_give",
    "save an assessment": "admin:applications_assessment_score",
    "save an assessment and check it": "admin:applications_assessment_score",
    "submit an assessment": "admin:applications_assessment_check",
    "propose an allocation": "admin:funding_allocation_propose",
    "approve an allocation": "admin:funding_allocation_approve",
    "refuse an allocation": "admin:funding_allocation_refuse",
    "release outcomes": "admin:funding_allocation_release",
    "recall a release": "admin:funding_allocation_recall",
    "ask for a report": "admin:funding_programmereport_request",
    "add a competition": "admin:applications_competition_add",
    "change a competition": "admin:applications_competition_change",
    "publish a competition": "admin:applications_competition_publish",
    "draw up a plan": "admin:applications_competition_assign",
    "carry out a plan": "admin:applications_competition_plan",
    "move the close": "admin:applications_competition_deadline",
    "ask for a role change": "admin:accounts_user_ask",
    "stop from signing in": "admin:accounts_user_stop",
    "let sign in again": "admin:accounts_user_let_in",
    "confirm a role change": "admin:accounts_user_confirm",
    "refuse a role change": "admin:accounts_user_refuse",
    "take back a role change": "admin:accounts_user_take_back",
    "send a notification again": "admin:accounts_notification_again",
    "send selected notifications again": "admin:accounts_notification_changelist",
    "give selected applications": "admin:applications_application_changelist",
    "set a wording": "admin:accounts_wordingversion_kind",
    "set a competition's own wording": "admin:accounts_wordingversion_own",
    "put a wording back": "admin:accounts_wordingversion_put_back",
    "put a competition's own wording back": "admin:accounts_wordingversion_put_back_own",
    "take a wording back": "admin:accounts_wordingversion_put_back",
    "send a wording to oneself": "admin:accounts_wordingversion_kind",
    "mark notifications as read": "notifications",
    "choose when to be told": "notifications_when",
    "count the ledger": "admin:funding_ledgercheck_recount",
    "change a cost line": "applications:cost_line",
    "sign up": "account_signup",
    "sign in": "account_login",
    "ask for a new password": "account_reset_password",
    "change the password": "account_change_password",
    "set a password": "account_set_password",
    "set a password by a link": "account_reset_password_from_key",
    "say who one is": "account_reauthenticate",
    "confirm an address": "account_confirm_email",
    "sign out": "account_logout",
    "stay signed in": "session",
}
