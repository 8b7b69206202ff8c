"""What an assessor says of themselves, enters into and declares; and what is refused without."""

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from accounts.roles import Role
from accounts.versions import StaleVersion
from applications.assessment import assignment, conflicts, declarations, profiles
from applications.models import AgreementVersion, AssessorProfile, Declaration, Interest, Skill
from tests.make import applications, assessors, office, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

OWN = "/admin/applications/assessorprofile/own/"


def give(person, at=NOON):
    return assignment.give(applications.application(), person, by=people.manager(), at=at)


def test_a_declaration_lapses_in_the_night_to_6_april_of_london():
    person = people.user(Role.ASSESSOR)
    declarations.declare(is_confirmed=True, by=person, at=datetime(2026, 4, 5, 22, 59, tzinfo=UTC))
    # 23:00 in UTC is midnight in London, since the clocks went forward.
    late = declarations.declare(is_confirmed=True, by=person, at=datetime(2026, 4, 5, 23, tzinfo=UTC))

    lapsing = list(Declaration.objects.filter(person=person, lapses_on__lt=assessors.FAR).order_by("pk"))
    assert [one.lapses_on for one in lapsing] == [date(2026, 4, 6), date(2027, 4, 6)]
    assert late.facts["employer"] == ""


def test_a_declaration_names_the_agreement_and_the_version_of_the_profile_that_it_was_made_on():
    person = people.user(Role.ASSESSOR)
    saved = profiles.save({"employer": "Dee Works"}, [], by=person, at=NOON)
    before = declarations.declare(is_confirmed=True, by=person, at=NOON)
    agreement = declarations.publish("Mark alone.", by=people.manager(), at=NOON)
    profiles.add_interest(
        {"kind": "other", "whose": "own", "organisation_name": "Dee Holdings"}, by=person, at=NOON
    )
    after = declarations.declare(is_confirmed=True, by=person, at=NOON)

    assert (before.agreement, before.profile_version) == (None, saved.version)
    assert (after.agreement, after.profile_version) == (agreement, saved.version + 1)
    said = f"version {saved.version + 1} of the profile and version 1 of the agreement"
    assert declarations.made_on(after) == said
    page = office.sign_in(people.manager()).get(
        reverse("admin:applications_assessorprofile_change", args=[saved.pk])
    )
    assert f"on {said}" in page.text
    assert f"on version {saved.version} of the profile, until" in page.text


def test_who_has_made_no_declaration_is_given_nothing():
    before = people.user()
    AssessorProfile.objects.create(person=before)

    assert declarations.missing(people.assessor(), NOON.date()) == []
    assert declarations.missing(before, NOON.date()) == ["has made no declaration"]
    assert declarations.missing(people.user(), NOON.date()) == ["has no assessor profile and no declaration"]


def test_a_lapsed_declaration_is_refused_and_says_so():
    person = people.assessor()

    with pytest.raises(assignment.NotReady, match="has a declaration that has lapsed"):
        give(person, at=datetime(2099, 4, 6, tzinfo=UTC))


def test_a_new_version_of_the_agreement_is_asked_for_before_new_work():
    person = people.assessor()
    manager = people.manager()
    give(person)
    first = declarations.publish("Mark alone.", by=manager, at=NOON)

    with pytest.raises(assignment.NotReady, match="agreement"):
        give(person)
    declarations.accept(first.number, is_confirmed=True, by=person, at=NOON)
    give(person)
    declarations.publish("Mark alone and tell nobody.", by=manager, at=NOON)
    with pytest.raises(assignment.NotReady):
        give(person)
    with pytest.raises(declarations.OtherVersion):
        declarations.accept(first.number, is_confirmed=True, by=person, at=NOON)


def test_an_accepted_agreement_stands_in_the_database():
    person = people.assessor()
    first = declarations.publish("Mark alone.", by=people.manager(), at=NOON)
    AgreementVersion.objects.update(text="Mark on your own.")
    declarations.accept(first.number, is_confirmed=True, by=person, at=NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        AgreementVersion.objects.update(text="Whatever.")
    with pytest.raises(DatabaseError), transaction.atomic():
        Declaration.objects.update(lapses_on=NOON.date())


def test_only_a_manager_of_the_programme_writes_the_agreement():
    for person in (people.assessor(), people.user(Role.FUNDS)):
        with pytest.raises(declarations.NotAManager):
            declarations.publish("Mine.", by=person, at=NOON)


def test_a_saved_profile_seeks_conflicts_again():
    application = applications.application()
    person = people.assessor()
    firm = applications.lead(application).organisation

    saved = profiles.save({"employer": firm.name.upper()}, [], by=person, at=NOON)
    assert conflicts.blocked_pairs(application.competition) == {(person.pk, application.pk)}
    # Taking the fact out lets nobody in: staff clear what was found.
    profiles.save({"employer": ""}, [], version=saved.version, by=person, at=NOON)
    assert conflicts.blocked_pairs(application.competition) == {(person.pk, application.pk)}
    assert application.conflicts.get().reason.endswith(conflicts.GONE)
    with pytest.raises(StaleVersion):
        profiles.save({"employer": "x"}, [], version=saved.version, by=person, at=NOON)


def test_an_interest_is_the_assessors_own_to_take_out():
    person, other = people.assessor(), people.assessor()
    made = assessors.interest(person)

    assert profiles.remove_interest(made.pk, by=other, at=NOON) == 0
    assert profiles.remove_interest(made.pk, by=person, at=NOON) == 1


def test_a_skill_that_is_offered_no_more_stays_with_who_has_it():
    person, other = people.assessor(), people.assessor()
    skill = Skill.objects.create(name="Fax machines", area="Business")
    saved = profiles.save({}, [skill.pk], by=person, at=NOON)
    Skill.objects.update(is_offered=False)

    profiles.save({}, [skill.pk], version=saved.version, by=person, at=NOON)
    profiles.save({}, [skill.pk], by=other, at=NOON)

    assert list(skill.profiles.values_list("person", flat=True)) == [person.pk]


def test_the_page_takes_a_whole_profile():
    person = people.assessor()
    skill = Skill.objects.create(name="Hydrogen", area="Net zero")
    browser = office.sign_in(person)
    typed = {
        "save": "1", "version": "1", "kind": "external", "employer": "Dee Works Ltd", "job_title": "Head",
        "employer_number": "sc 1234", "earlier_employer": "Old Works", "earlier_left_on_day": "1",
        "earlier_left_on_month": "2", "earlier_left_on_year": "2026", "address": "1 Dock Road",
        "postcode": "l34aa", "capacity": "7", "skills": [skill.pk],
    }  # fmt: skip

    refused = browser.post(OWN, {**typed, "employer_number": "nine", "postcode": "L3"})
    assert (refused.status_code, "Dee Works Ltd" in refused.text) == (422, True)
    assert browser.post(OWN, typed).status_code == 302

    saved = AssessorProfile.objects.get(person=person)
    assert (saved.employer_number, saved.postcode, saved.capacity) == ("SC001234", "L3 4AA", 7)
    assert saved.earlier_left_on == date(2026, 2, 1)
    assert list(saved.skills.all()) == [skill]
    again = browser.post(OWN, {**typed, "employer": "Another"})
    assert (again.status_code, "Another" in again.text) == (409, True)


def test_interests_agreement_and_declaration_on_the_page():
    person = people.assessor()
    agreement = declarations.publish("Mark alone.", by=people.manager(), at=NOON)
    browser = office.sign_in(person)

    assert browser.post(OWN, {"add": "1", "interest_kind": "other", "whose": "own"}).status_code == 422
    browser.post(
        OWN, {"add": "1", "interest_kind": "financial", "whose": "family", "organisation_name": "Dee"}
    )
    assert browser.post(OWN, {"agree": "1", "agreement": agreement.number}).status_code == 422
    browser.post(OWN, {"agree": "1", "agreement": agreement.number, "is_agreed": "on"})
    assert browser.post(OWN, {"declare": "1"}).status_code == 422
    browser.post(OWN, {"declare": "1", "is_true": "on"})

    made = Interest.objects.get()
    assert (made.kind, made.whose, made.organisation_name) == ("financial", "family", "Dee")
    declared = Declaration.objects.latest("pk")
    assert declared.facts["interests"][0]["organisation_name"] == "Dee"
    assert agreement.acceptances.get().person == person
    browser.post(OWN, {"remove": str(made.pk)})
    assert not Interest.objects.exists()
    assert Declaration.objects.latest("pk").facts["interests"]


def test_whichever_button_is_pressed_nothing_typed_is_lost():
    person = people.assessor()
    agreement = declarations.publish("Mark alone.", by=people.manager(), at=NOON)
    browser = office.sign_in(person)
    interest = {"interest_kind": "financial", "whose": "family", "organisation_name": "Dee"}

    def press(**sent):
        profile = AssessorProfile.objects.get(person=person)
        held = {"version": profile.version, "kind": profile.kind, "employer": profile.employer,
                "capacity": profile.capacity, "agreement": agreement.number, "whose": "own"}  # fmt: skip
        answer = browser.post(OWN, {**held, **sent})
        profile.refresh_from_db()
        return answer, profile.employer

    assert press(add="1", employer="Dee Works", **interest)[1] == "Dee Works"
    one = Interest.objects.get()
    assert press(remove=one.pk, employer="Mersey Works")[1] == "Mersey Works"
    assert press(agree="1", is_agreed="on", employer="Tees Works", **interest)[1] == "Tees Works"
    assert press(declare="1", is_true="on", employer="Wirral Works")[1] == "Wirral Works"
    assert Interest.objects.get().organisation_name == "Dee"
    declared = Declaration.objects.latest("pk")
    assert (declared.facts["employer"], len(declared.facts["interests"])) == ("Wirral Works", 1)

    # What is refused comes back whole, and nothing of it is kept.
    version = AssessorProfile.objects.get(person=person).version
    refused, kept = press(declare="1", employer="Bala Works", organisation_name="Alyn", interest_kind="other")
    assert (refused.status_code, kept, Interest.objects.count()) == (422, "Wirral Works", 1)
    assert "Bala Works" in refused.text and "Alyn" in refused.text
    assert refused.context["form"]["version"].value() == str(version)
    refused, kept = press(add="1", employer="Bala Works", is_true="on", **{**interest, "company_number": "x"})
    assert (refused.status_code, kept) == (422, "Wirral Works")
    assert "Bala Works" in refused.text and refused.context["declaration_form"]["is_true"].value() is True
    # A choice alone is no interest, and facts that are as they were are not saved anew.
    answer, _ = press(declare="1", is_true="on", interest_kind="other")
    assert (answer.status_code, Interest.objects.count()) == (302, 1)
    assert AssessorProfile.objects.get(person=person).version == version


def test_the_page_is_the_assessors_alone():
    for person in (people.manager(), people.user(Role.AUDITOR)):
        assert office.sign_in(person).get(OWN).status_code == 403


def test_who_lacks_a_declaration_is_led_to_the_page():
    person = people.assessor()
    declarations.publish("Mark alone.", by=people.manager(), at=NOON)

    text = office.sign_in(person).get("/admin/").text

    assert "Complete your assessor profile" in text
    assert OWN in text


def test_staff_see_the_pool_by_state_skill_and_area():
    ready, other = people.assessor(name="Rea Ready"), people.assessor(name="Una Undeclared")
    agreement = declarations.publish("Mark alone.", by=people.manager(), at=NOON)
    declarations.accept(agreement.number, is_confirmed=True, by=ready, at=NOON)
    skill = Skill.objects.create(name="Hydrogen", area="Net zero")
    ready.assessor_profile.skills.add(skill)
    browser = office.sign_in(people.manager())
    address = reverse("admin:applications_assessorprofile_changelist")

    def names(query: str) -> set[str]:
        text = browser.get(f"{address}?{query}").text
        return {name for name in ("Rea Ready", "Una Undeclared") if name in text}

    assert names("") == {"Rea Ready", "Una Undeclared"}
    assert names("standing=ready") == {"Rea Ready"}
    assert names("standing=agreement") == {"Una Undeclared"}
    assert names("area=Net+zero") == names(f"skills__id__exact={skill.pk}") == {"Rea Ready"}
    page = reverse("admin:applications_assessorprofile_change", args=[other.assessor_profile.pk])
    assert browser.get(page).status_code == 200
    assert office.sign_in(ready).get(address).status_code == 403
