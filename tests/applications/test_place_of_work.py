"""Where an organisation works: in an area of the region, or elsewhere, which the office decides on."""

import pytest
from django.db import IntegrityError
from django.urls import reverse

from accounts.roles import Role
from applications import drafting, eligibility, flags, receipts, submission
from applications.models import Application, Participant
from tests.make import applications as make
from tests.make import competitions, people
from tests.make.office import sign_in
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Application:
    within = make.open_now()
    return make.complete_draft(within, at=within.opens_at)


def save(client, draft, **typed):
    client.force_login(draft.started_by)
    typed = {"work_postcode": "CF10 1AA", "terms_accepted": "on", "complete": "1", "version": "1", **typed}
    return client.post(reverse("applications:organisation", args=[draft.reference]), typed)


def works_in_cardiff(application: Application) -> Application:
    Participant.objects.filter(application=application).update(work_area=None, elsewhere="Cardiff")
    return application


def test_work_elsewhere_is_saved_complete_and_shown_when_checking(client, draft):
    answer = save(client, draft, work_area="elsewhere", elsewhere="Cardiff")

    part = make.lead(draft)
    page = client.get(reverse("applications:check", args=[draft.reference])).content.decode()
    assert (answer.status_code, part.work_area, part.elsewhere) == (302, None, "Cardiff")
    assert draft.completed_sections.filter(section="organisation").exists()
    assert "Elsewhere in the UK: Cardiff, CF10 1AA" in page
    assert "Your work is outside the competition's region." in page.replace("&#x27;", "'")


@pytest.mark.parametrize(
    "typed, said",
    [
        ({"work_area": "elsewhere"}, "Enter the town or area where most of the work happens"),
        ({"work_area": "area", "elsewhere": "Cardiff"}, "Choose “Elsewhere in the UK” above, or leave this"),
        ({"work_area": "999999"}, "Choose the local authority area of that place from the list"),
    ],
    ids=["no place", "both", "an area of another region"],
)
def test_what_does_not_fit_together_is_refused_at_its_field_and_kept(client, draft, typed, said):
    if typed["work_area"] == "area":
        typed = {**typed, "work_area": competitions.area().pk}
    before = make.lead(draft).elsewhere

    answer = save(client, draft, **typed)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert 'value="CF10 1AA"' in page
    assert make.lead(draft).elsewhere == before


def test_a_place_without_a_choice_counts_as_elsewhere_and_shows_so(client, draft):
    save(client, draft, work_area="", elsewhere="Cardiff")

    page = client.get(reverse("applications:organisation", args=[draft.reference])).content.decode()
    assert make.lead(draft).elsewhere == "Cardiff"
    assert '<option value="elsewhere" selected>' in page


def test_neither_an_action_nor_the_database_takes_two_places(draft):
    two = {"work_postcode": "L3 4AA", "work_area": competitions.area(), "elsewhere": "Cardiff"}

    with pytest.raises(drafting.TwoPlaces):
        drafting.save_part(
            make.lead(draft), **two, terms_accepted=True, by=draft.started_by, at=draft.started_at
        )
    with pytest.raises(IntegrityError, match="participant_works_in_an_area_or_elsewhere"):
        Participant.objects.filter(application=draft).update(elsewhere="Cardiff")


def test_work_elsewhere_warns_and_blocks_nothing():
    found = eligibility.breaches(works_in_cardiff(make.complete_draft()), at=NOON)

    assert [(breach.rule, breach.blocks) for breach in found] == [("ELIG-11", False)]


def test_the_office_sees_the_flag_with_the_activity_it_decides_by():
    entry = works_in_cardiff(make.application())
    client = sign_in(people.user(Role.MANAGER))

    page = client.get(reverse("admin:applications_application_change", args=[entry.pk])).content.decode()
    sheet = client.get(reverse("admin:funding_panel_sheet", args=[entry.competition.code])).content.decode()

    assert "works in Cardiff, outside Liverpool City Region" in page
    assert "Elsewhere in the UK: Cardiff, L3 4AA" in page
    assert entry.cluster_activity in page
    assert "works elsewhere" in sheet


def test_flags_take_one_query_for_any_number_and_none_are_raised_within_the_region(
    django_assert_num_queries,
):
    within = make.application()
    outside = [works_in_cardiff(make.application(within=within.competition)) for _ in range(3)]

    with django_assert_num_queries(1):
        found = flags.of_applications([within.pk, *(entry.pk for entry in outside)])

    assert {pk: [flag.rule for flag in raised] for pk, raised in found.items()} == {
        entry.pk: ["ELIG-11"] for entry in outside
    }


def test_a_receipt_covers_the_place_elsewhere():
    draft = works_in_cardiff(make.complete_draft())
    entry = submission.submit(draft, by=draft.started_by, at=NOON)
    code = receipts.fingerprint(Application.objects.get(pk=entry.pk))

    Participant.objects.filter(application=entry).update(elsewhere="Swansea")

    assert receipts.fingerprint(Application.objects.get(pk=entry.pk)) != code
