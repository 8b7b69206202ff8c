"""The forms of assessors, and of staff about them, each ready to be sent."""

from collections.abc import Callable

from allauth.account.models import EmailAddress
from django.test import Client

from accounts import clock
from accounts.models import User
from accounts.roles import Role
from applications.assessment import declarations, inviting
from applications.models import Skill
from applications.workflow import DeclineReason, Status
from tests import form_on_page
from tests.make import applications, assessments, assessors, competitions, office, people
from tests.make.times import NOON

Press = tuple[Client, str, dict]


def form_with(name: str, person: User, page: str, /, **typed) -> Press:
    """The form of the page that has a field of this name."""
    browser = office.sign_in(person)
    reader = form_on_page.Reader()
    reader.feed(browser.get(page).text)
    for form in reader.forms:
        if form.method == "post" and name in form.names:
            return browser, form.action or page, {**form.values, **typed}
    raise AssertionError(f"{page} has no form with {name}")


def accept_offer() -> Press:
    owed = assessments.offered(applications.application(Status.IN_ASSESSMENT))
    page = f"/admin/applications/assessment/{owed.pk}/offer/"
    return form_with("has_no_conflict", owed.assessor, page, has_no_conflict="on", accept="1")


def accept_offers() -> Press:
    owed = assessments.offered(applications.application(Status.IN_ASSESSMENT))
    page = "/admin/applications/assessment/offers/"
    return form_with("accept", owed.assessor, page, accept=str(owed.pk))


def decline_offer() -> Press:
    owed = assessments.offered(applications.application(Status.IN_ASSESSMENT))
    page, reason = f"/admin/applications/assessment/{owed.pk}/offer/", DeclineReason.EXPERTISE
    return form_with("decline_reason", owed.assessor, page, decline_reason=reason, decline="1")


PROFILE = "/admin/applications/assessorprofile/own/"


def on_profile(button: str, name: str, **typed) -> Callable[[], Press]:
    """One of the buttons of the profile; ``name`` is a field of its form."""

    def press() -> Press:
        person = people.assessor()
        return form_with(name, person, PROFILE, **{button: "1"}, **typed)

    return press


def remove_interest() -> Press:
    person = people.assessor()
    made = assessors.interest(person)
    browser, page, sent = form_with("is_true", person, PROFILE)
    return browser, page, {**{name: sent[name] for name in sent if name != "is_true"}, "remove": str(made.pk)}


def accept_agreement() -> Press:
    declarations.publish("Mark alone.", by=people.manager(), at=NOON)
    return form_with("is_agreed", people.assessor(), PROFILE, is_agreed="on", agree="1")


def rule_on_conflict() -> Press:
    found = assessors.conflict(applications.application(Status.IN_ASSESSMENT), people.assessor())
    page = f"/admin/applications/conflict/{found.pk}/change/"
    return form_with("ruling", people.manager(), page, ruling="clear", reason="Namesakes.")


def add(model: str, **typed) -> Callable[[], Press]:
    """Staff's own form for something that the pool knows."""

    def press() -> Press:
        name = next(iter(typed))
        return form_with(name, people.manager(), f"/admin/applications/{model}/add/", **typed)

    return press


def change_skill() -> Press:
    made = Skill.objects.create(name="Hydrogen", area="Net zero")
    page = f"/admin/applications/skill/{made.pk}/change/"
    return form_with("area", people.manager(), page, area="Energy")


def on_invitation(verb: str) -> Callable[[], Press]:
    def press() -> Press:
        manager = people.manager()
        made = inviting.invite(competitions.region(), "new@example.com", by=manager, at=NOON)
        page = f"/admin/applications/assessorinvitation/{made.pk}/"
        browser = office.sign_in(manager)
        return browser, *form_on_page.find(browser, f"{page}change/", action=f"{page}{verb}/")

    return press


def accept_invitation() -> Press:
    person, region = people.user(Role.APPLICANT), competitions.region()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    made = inviting.invite(region, person.email, by=people.manager(), at=clock.now())
    page = f"/assessors/invitation/{inviting.key_of(made)}/"
    browser = office.sign_in(person)
    return browser, *form_on_page.find(browser, page, action=f"{page}accept/")


def invite_assessor() -> Press:
    region = competitions.region()
    page = "/admin/applications/assessorinvitation/add/"
    return form_with("email", people.manager(), page, email="new@example.com", region=str(region.pk))


PRESSES: dict[str, Callable[[], Press]] = {
    "accept an offer": accept_offer,
    "accept several offers": accept_offers,
    "decline an offer": decline_offer,
    "save an assessor's profile": on_profile("save", "employer", kind="external", employer="Dee Works"),
    "enter an interest": on_profile(
        "add", "interest_kind", interest_kind="other", organisation_name="Dee Works"
    ),
    "take an interest out": remove_interest,
    "accept the agreement": accept_agreement,
    "declare interests": on_profile("declare", "is_true", is_true="on"),
    "rule on a conflict": rule_on_conflict,
    "invite an assessor": invite_assessor,
    "send an assessor's invitation again": on_invitation("again"),
    "withdraw an assessor's invitation": on_invitation("withdraw"),
    "accept an assessor's invitation": accept_invitation,
    "add a skill": add("skill", name="Hydrogen", area="Net zero"),
    "change a skill": change_skill,
    "note a parent company": add("parentcompany", number="00000008", parent_number="00000009"),
    "publish an agreement": add("agreementversion", text="Mark alone."),
}

GO_TO = {
    "accept an offer": "admin:applications_assessment_offer",
    "accept several offers": "admin:applications_assessment_offers",
    "decline an offer": "admin:applications_assessment_offer",
    "save an assessor's profile": "admin:applications_assessorprofile_own",
    "enter an interest": "admin:applications_assessorprofile_own",
    "take an interest out": "admin:applications_assessorprofile_own",
    "accept the agreement": "admin:applications_assessorprofile_own",
    "declare interests": "admin:applications_assessorprofile_own",
    "rule on a conflict": "admin:applications_conflict_rule",
    "invite an assessor": "admin:applications_assessorinvitation_add",
    "send an assessor's invitation again": "admin:applications_assessorinvitation_again",
    "withdraw an assessor's invitation": "admin:applications_assessorinvitation_withdraw",
    "accept an assessor's invitation": "applications:assessor_invitation_accept",
    "add a skill": "admin:applications_skill_add",
    "change a skill": "admin:applications_skill_change",
    "note a parent company": "admin:applications_parentcompany_add",
    "publish an agreement": "admin:applications_agreementversion_add",
}
