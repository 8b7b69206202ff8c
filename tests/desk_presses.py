"""The forms of the eligibility desk and of what changes after the close, each ready to be sent."""

from collections.abc import Callable

from accounts.roles import Role
from applications.desk import deciding, ineligibility
from applications.desk.checks import Check, Outcome
from applications.desk.deciding import Ruling
from tests.form_on_page import Press, form_of
from tests.make import applications, assessments, office, people
from tests.make.times import NOON


def at_the_desk(verb: str, **typed) -> Callable[[], Press]:
    """The form of an application's page at the desk; the later ones after what they follow on."""

    def press() -> Press:
        entry, manager = applications.application(), people.manager()
        ruling = {Check.COSTS: Ruling(Outcome.FAILS, "Most is for sales.")}
        if verb != "decide":
            deciding.decide(entry, ruling, seen=0, by=manager, at=NOON)
        if verb == "reinstate":
            ineligibility.find_ineligible(entry, by=manager, at=NOON)
        page = f"/admin/applications/eligibilitycase/{entry.pk}/change/"
        return form_of(office.sign_in(people.manager()), page, verb, **typed)

    return press


def replace_assessor() -> Press:
    given, other = assessments.assessment(applications.application()), people.assessor()
    page = f"/admin/applications/assessment/{given.pk}/replace/"
    return form_of(office.sign_in(people.manager()), page, assessor=str(other.pk), reason="Ill.")


def record_leaving() -> Press:
    entry = applications.application()
    page = f"/admin/applications/application/{entry.pk}/leaves/"
    part = applications.partner(entry)
    return form_of(office.sign_in(people.manager()), page, part=str(part.pk), reason="It closed down.")


def decide_scope() -> Press:
    page = f"/admin/applications/scopecase/{applications.application().pk}/change/"
    return form_of(office.sign_in(people.user(Role.LEAD)), page, "decide", outcome="in scope")


PRESSES: dict[str, Callable[[], Press]] = {
    "replace an assessor": replace_assessor,
    "record that one leaves": record_leaving,
    "decide the rules": at_the_desk("decide", **{"outcome-ELIG-09": "meets"}),
    "find ineligible": at_the_desk("ineligible"),
    "reinstate": at_the_desk("reinstate", reason="It was explained."),
    "decide the scope": decide_scope,
}

GO_TO = {
    "replace an assessor": "admin:applications_assessment_replace",
    "record that one leaves": "admin:applications_application_leaves",
    "decide the rules": "admin:applications_eligibilitycase_decide",
    "find ineligible": "admin:applications_eligibilitycase_ineligible",
    "reinstate": "admin:applications_eligibilitycase_reinstate",
    "decide the scope": "admin:applications_scopecase_decide",
}
