"""Who holds a role for one region sees and does there what it is for, and nothing in another region."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from accounts import outbox
from accounts.models import AuditEntry, Notification, Organisation
from accounts.roles import Role
from applications.models import READERS, Application, Assessment, Competition, PotSharing, Stage
from applications.workflow import Status
from funding.exports import funding_report, totals
from funding.models import Allocation, Award, Budget, BudgetKind, ProgrammeReport, Transfer
from funding.reports import programme
from tests.make import budgets, competitions, office, people
from tests.make.api import Asking
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

#: Two region's rounds that share the programme's money and one pot, as round 2 of the pilot does.
CODES = {"LCR": "Liverpool City Region", "TV": "Tees Valley"}


@pytest.fixture
def world() -> dict[str, SimpleNamespace]:
    """In each region a competition with one decided and awarded application, and one being set up."""
    programme_budget = budgets.budget(BudgetKind.PROGRAMME, "15000000.00")
    pot = budgets.budget(BudgetKind.POT)
    made = {}
    for code, name in CODES.items():
        region = competitions.region(code, name)
        within = competitions.closed_competition(region=region, pot_sharing=PotSharing.ALONE)
        own = budgets.budget(BudgetKind.REGION, "7500000.00", region)
        budgets.drawn(within, programme=programme_budget, region=own, pot=pot)
        assessed = budgets.assessed(within)
        approved = budgets.approved(within)
        setting_up = competitions.competition(region=region, stage=Stage.SET_UP)
        outbox.post(
            "application_submitted",
            to=assessed.started_by,
            subject_word="application",
            subject_id=assessed.pk,
            cause=f"told of {assessed.pk}",
            at=NOON,
        )
        outbox.post(
            "assessment_given",
            to=assessed.assessments.first().assessor,
            subject_word="assessment",
            subject_id=assessed.assessments.first().pk,
            cause=f"given for {assessed.pk}",
            at=NOON,
        )
        made[code] = SimpleNamespace(
            region=region,
            competition=within,
            setting_up=setting_up,
            application=assessed,
            allocation=approved,
            award=Award.objects.get(application=assessed),
            budget=own,
            report=programme.request(within, by=people.manager(), at=NOON),
            regional_report=programme.request(None, region, by=people.manager(), at=NOON),
        )
    programme.request(None, by=people.manager(), at=NOON)
    made["LCR"].pot = made["TV"].pot = pot
    made["LCR"].programme = made["TV"].programme = programme_budget
    return made


def seen(model, user) -> set:
    return set(model.objects.visible_to(user))


@pytest.mark.parametrize("role", sorted(READERS))
def test_who_reads_a_regions_cases_reads_them_and_no_others(world, role):
    here = world["TV"]
    person = people.user(role, region=here.region)

    assert seen(Application, person) == {here.application}
    assert seen(Assessment, person) == set(here.application.assessments.all())
    assert seen(Award, person) == {here.award}
    assert seen(Allocation, person) == {here.allocation}
    assert seen(ProgrammeReport, person) == {here.report, here.regional_report}
    assert seen(Organisation, person) == {here.application.participants.get().organisation}
    assert {one.subject_word for one in seen(Notification, person)} == {"application", "assessment"}
    assert len(seen(Notification, person)) == 2
    assert here.setting_up in seen(Competition, person)
    assert world["LCR"].setting_up not in seen(Competition, person)
    assert set(Competition.objects.run_by(person)) == {here.competition, here.setting_up}


def test_a_regions_auditor_reads_the_trail_of_its_cases(world):
    here = world["TV"]
    auditor = people.user(Role.AUDITOR, region=here.region)

    about = {(entry.subject_word, entry.subject_id) for entry in seen(AuditEntry, auditor)}

    assert about == {
        ("allocation", here.allocation.pk),
        ("budget", here.budget.pk),
        ("programme report", here.report.pk),
        ("programme report", here.regional_report.pk),
    }
    assert AuditEntry.objects.visible_to(people.user(Role.AUDITOR)).count() == AuditEntry.objects.count()
    assert not seen(AuditEntry, people.user(Role.MANAGER))


@pytest.mark.parametrize("role", sorted(READERS))
def test_a_region_reads_its_own_budget_and_its_pot_but_not_the_programmes(world, role):
    here, there = world["TV"], world["LCR"]
    person = people.user(role, region=here.region)

    assert seen(Budget, person) == {here.budget, here.pot}
    moved = seen(Transfer, person)
    assert {transfer.budget for transfer in moved} == {here.budget, here.pot}
    assert {transfer.award for transfer in moved} == {None, here.award}
    assert Transfer.objects.filter(budget=here.pot, award=there.award).exists()


@pytest.mark.parametrize("role", sorted(READERS))
def test_who_holds_the_role_for_the_programme_reads_everything(world, role):
    person = people.user(role)

    for model in (
        Application, Assessment, Award, Allocation, ProgrammeReport, Notification, Budget, Transfer,
        Organisation, Competition,
    ):  # fmt: skip
        assert seen(model, person) == set(model.objects.all()), model.__name__


def test_a_decision_is_shown_early_to_its_own_region_alone(world):
    person = people.user(Role.AUDITOR, region=world["TV"].region)

    shown = dict(
        Application.objects.with_shown_status(person).values_list("competition__region__code", "shown_status")
    )

    assert shown == {"TV": Status.SUCCESSFUL, "LCR": Status.IN_ASSESSMENT}


def test_what_the_api_and_the_exports_tell_begins_there_too(world):
    here = world["TV"]
    person = people.user(Role.FUNDS, region=here.region)
    asking = Asking(person)

    assert [row["reference"] for row in asking.list("applications/")] == [here.application.reference]
    assert [row["id"] for row in asking.list("awards/")] == [here.award.pk]
    assert {row["code"] for row in asking.list("budgets/")} == {here.budget.code, here.pot.code}
    assert {share.award for share in funding_report.rows(person)} == {here.award}
    assert set(totals.rows(person)) == {here.budget, here.pot}
    assert not funding_report.rows(person, world["LCR"].competition).exists()


def test_a_report_of_a_region_counts_that_regions_cases(world):
    person = people.user(Role.AUDITOR, region=world["TV"].region)
    client = office.sign_in(person)
    address = reverse("admin:funding_programmereport_request")

    whole = client.post(address, {"covers": ""})
    other = client.post(address, {"covers": "region:LCR"})
    own = client.post(address, {"covers": "region:TV"})

    assert (whole.status_code, other.status_code, own.status_code) == (403, 404, 302)
    asked = ProgrammeReport.objects.get(requested_by=person)
    assert asked.region == world["TV"].region
    assert programme.covered_by(asked) == sorted(
        [world["TV"].competition, world["TV"].setting_up], key=lambda one: one.code
    )
