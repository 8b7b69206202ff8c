"""The demonstration: made by the product's own actions, adding up, and never in a deployment."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Max, Min, Q, Sum

from accounts.london import LONDON
from accounts.models import Notification, Organisation, OwedState, Region, User
from accounts.roles import Role
from applications import eligibility
from applications.models import (
    Application,
    Assessment,
    AssessmentStatus,
    Competition,
    Score,
    Stage,
    State,
)
from applications.workflow import Status
from funding import ledger
from funding.models import AllocationLine, Award, Budget, Outcome
from funding.reports import programme as reports
from funding.reports.covered import read
from launchpad.demo import competitions, dates, figures, files, people, programme, texts
from launchpad.demo_sign_ins import SIGN_INS
from tests.make.people import user
from tests.make.times import NOON

# One worker loads it once for all of these.
pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def demonstration(django_db_setup, django_db_blocker):
    """The demonstration as loaded at NOON, for tests that only read; taken back in the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        programme.load(at=NOON)
        yield
        transaction.set_rollback(True)


def copies(at: datetime) -> list[tuple[Competition, dict, dict]]:
    """Each unsaved copy with its entry and its dates before the shift."""
    made = []
    for entry in files.read("competitions")["competitions"]:
        original = Competition.objects.select_related("intensity_table").get(code=entry["copy_of"])
        made.append((competitions.copy(entry, {}, at=at), entry, competitions.base_dates(original, entry)))
    return made


MONTHS = [datetime(2026 + number // 12, number % 12 + 1, 27, 23, 30, tzinfo=UTC) for number in range(14)]


@pytest.mark.parametrize("at", MONTHS, ids=lambda at: f"{at:%Y-%m}")
def test_all_dates_of_a_copy_move_by_the_same_whole_months_and_it_closes_at_eleven(demonstration, at):
    for copy, entry, base in copies(at):
        moved = {
            name: value.astimezone(LONDON) if isinstance(value := getattr(copy, name), datetime) else value
            for name in base
        }
        months = {
            (moved[name].year - base[name].year) * 12 + moved[name].month - base[name].month for name in base
        }

        assert entry["code"].endswith("-DEMO")
        assert set(base) >= {"opens_at", "closes_at", "latest_start_on", "latest_end_on"}
        assert len(months) == 1
        assert f"{moved['closes_at']:%H:%M}" == "11:00"
        assert copy.opens_at < copy.closes_at < NOON.replace(year=2030)
        assert copy.closes_at.astimezone(LONDON).date() < copy.latest_start_on < copy.latest_end_on


@pytest.mark.parametrize("at", MONTHS, ids=lambda at: f"{at:%Y-%m}")
def test_the_open_competition_has_four_weeks_left_and_no_month_more_than_needed(demonstration, at):
    (copy,) = [copy for copy, entry, _ in copies(at) if entry["code"] == "LCR-R1-MFA-DEMO"]

    assert copy.opens_at < at - timedelta(days=7)
    assert timedelta(days=28) < copy.closes_at - at < timedelta(days=60)


def test_the_last_day_of_a_month_stays_within_the_month():
    assert dates.shifted(date(2024, 3, 31), 6) == date(2024, 9, 30)
    assert dates.shifted(datetime(2022, 11, 30, 11), 3) == datetime(2023, 2, 28, 11)


def test_the_real_competitions_stay_closed(demonstration):
    originals = Competition.objects.filter(is_demonstration=False)

    assert {competition.stage for competition in originals} == {Stage.SET_UP}
    assert not Application.objects.filter(competition__in=originals).exists()


def test_one_competition_is_open_one_opens_soon_one_is_assessed_and_two_are_released(demonstration):
    found = {
        competition.code: (competition.stage, competition.state_at(NOON))
        for competition in Competition.objects.filter(is_demonstration=True)
    }

    assert found == {
        "LCR-R1-MFA-DEMO": (Stage.PUBLISHED, State.OPEN),
        "LCR-R1-CRD-DEMO": (Stage.PUBLISHED, State.OPENING_SOON),
        "TV-R2-MFA-DEMO": (Stage.IN_ASSESSMENT, State.CLOSED),
        "LCR-R1-CRD-PAST-DEMO": (Stage.RELEASED, State.CLOSED),
        "LCR-R1-MFA-PAST-DEMO": (Stage.RELEASED, State.CLOSED),
    }


def test_values_that_nobody_knows_are_marked_as_demonstration(demonstration):
    competition = Competition.objects.get(code="LCR-R1-MFA-DEMO")

    marked = {name for name, standing in competition.standings.items() if standing == "demonstration"}
    assert marked >= {
        "opens_at",
        "closes_at",
        "latest_start_on",
        "latest_end_on",
        "intensity_table",
        "pot_part",
    }
    assert "limit_max" not in competition.standings


def test_the_decided_round_adds_up_to_the_published_outcome_within_the_rules(demonstration):
    awards = Award.objects.values("application__competition__strand").annotate(
        sum=Sum("amount"), least=Min("amount"), most=Max("amount")
    )
    found = {row["application__competition__strand"]: row for row in awards}
    count = Counter(Award.objects.values_list("application__competition__strand", flat=True))

    assert count == {"CR&D": 9, "MFA": 14}
    assert Decimal(4_000_000) < found["CR&D"]["sum"] == Decimal(4_006_000)
    assert (found["CR&D"]["least"], found["CR&D"]["most"]) == (128_000, 694_000)
    assert (found["MFA"]["sum"], found["MFA"]["most"]) == (1_440_000, 120_000)


def test_the_ledger_of_the_demonstration_adds_up(demonstration):
    left = dict(Budget.objects.values_list("code", "available"))

    assert ledger.recount() == []
    assert left["LCR-DEMO"] == 7_500_000 - 5_446_000
    assert left["LAUNCHPAD-DEMO"] == 15_000_000 - 5_446_000
    assert left["LCR-DEMO"] < left["LCR-R1-DEMO"]


def test_no_award_of_an_invented_person_is_drawn_from_real_money(demonstration):
    invented = Q(code__endswith="-DEMO")
    real = Budget.objects.exclude(invented)

    assert {one.code for one in real if one.available != one.ceiling} == set()
    assert {"LAUNCHPAD", "LCR", "TV", "LCR-R1", "R2"} <= {one.code for one in real}
    assert [one.name for one in Budget.objects.filter(invented) if "demonstration" not in one.name] == []


def test_the_real_programmes_report_leaves_the_demonstration_out(demonstration):
    reader = User.objects.get(email="funds@example.com")

    def counted(**covered) -> int:
        report = reports.request(None, **covered, by=reader, at=NOON)
        return len(read(reports.covered_by(report), is_whole=report.is_whole, as_of=NOON).received)

    region = Region.objects.get(code="LCR")
    whole = counted(of_demonstration=True)
    assert (counted(), counted(region=region)) == (0, 0)
    assert whole > counted(region=region, of_demonstration=True) > 0


@pytest.mark.parametrize("code", ["LCR-R1-MFA-PAST-DEMO", "LCR-R1-CRD-PAST-DEMO"])
def test_the_page_of_a_decided_competition_sets_its_awards_beside_the_reported_outcome(
    client, demonstration, code
):
    competition = Competition.objects.get(code=code)
    amounts = Award.objects.filter(application__competition=competition).values_list("amount", flat=True)
    [comparison] = [note for note in competition.notes if note.startswith("Reported")]
    here = comparison.split("Here: ")[1]

    page = client.get(f"/competitions/{code}/").content.decode()

    assert all(note.replace("'", "&#x27;") in page for note in competition.notes)
    assert "https://growthplatform.org/?p=19111" in page
    assert here.startswith(f"{len(amounts)} awards")
    assert {f"£{min(amounts):,.0f}", f"£{max(amounts):,.0f}"} <= set(re.findall(r"£[\d,]+\d", here))
    assert f"£{sum(amounts):,.0f}" in here or f"£{sum(amounts) / 1_000_000:.1f} million" in here
    assert len(competition.sources) == len(set(competition.sources))


def test_every_outcome_of_an_allocation_is_there_to_be_seen(demonstration):
    outcomes = set(AllocationLine.objects.values_list("outcome", flat=True))
    of_a_portfolio = {Outcome.NOT_IN_PORTFOLIO, Outcome.LEFT_OUT}
    assert outcomes == set(Outcome.values) - {Outcome.NOTHING_SOUGHT} - of_a_portfolio
    assert AllocationLine.objects.filter(outcome=Outcome.FUND, score=Decimal("70.0")).exists()
    assert AllocationLine.objects.filter(spread__gt=20).count() == 1


def test_every_application_was_eligible_when_it_was_submitted(demonstration):
    submitted = Application.objects.exclude(status=Status.DRAFT).select_related("competition__question_set")

    breaches = {
        application.reference: eligibility.blocking(
            eligibility.breaches(application, at=application.submitted_at)
        )
        for application in submitted
    }

    assert len(breaches) == 42
    assert not [reference for reference, found in breaches.items() if found]


def test_assessors_of_the_running_round_stand_at_different_points(demonstration):
    running = Assessment.objects.filter(application__competition__code="TV-R2-MFA-DEMO")
    own = Counter(running.filter(assessor__email="assessor@example.com").values_list("status", flat=True))

    assert running.count() == 18
    assert own == {
        AssessmentStatus.SUBMITTED: 2,
        AssessmentStatus.OPEN: 1,
        AssessmentStatus.ACCEPTED: 2,
        AssessmentStatus.PENDING: 1,
    }


def test_two_applications_of_the_running_round_wait_to_be_given_to_assessors(demonstration):
    waiting = Application.objects.filter(competition__code="TV-R2-MFA-DEMO", assessments=None)

    assert list(waiting.values_list("status", flat=True)) == [Status.SUBMITTED] * 2


def test_the_applicant_has_a_draft_and_a_decision_with_feedback(demonstration):
    applicant = User.objects.get(email="applicant@example.com")
    theirs = Application.objects.visible_to(applicant)

    assert sorted(theirs.values_list("status", flat=True)) == [Status.DRAFT, Status.SUCCESSFUL]
    decided = theirs.get(status=Status.SUCCESSFUL)
    assert decided.released_at is not None
    assert Score.objects.filter(assessment__application=decided).exclude(feedback="").count() == 30
    draft = theirs.get(status=Status.DRAFT)
    assert 0 < draft.completed_sections.count() < len(eligibility.form_sections(draft))


def test_the_partner_sees_the_projects_their_firm_takes_part_in(demonstration):
    partner = User.objects.get(email="partner@example.com")

    theirs = Application.objects.visible_to(partner)

    assert {application.competition.strand for application in theirs.select_related("competition")} == {
        "CR&D",
        "MFA",
    }


def test_there_is_a_confirmed_sign_in_for_each_role(demonstration):
    for email, held in SIGN_INS.items():
        person = User.objects.get(email=email)

        assert [one.appointment for one in person.held] == [held]
        assert person.check_password(people.PASSWORD)
        assert EmailAddress.objects.filter(user=person, email=email, verified=True, primary=True).exists()
    assert {held.role for held in SIGN_INS.values()} == set(Role)


def test_roles_can_be_changed_and_one_is_for_one_region(demonstration):
    regional = User.objects.get(email="manager.tv@example.com")

    submitted = Application.objects.exclude(status=Status.DRAFT)
    assert User.objects.holding(Role.ADMINISTRATOR).count() == 2
    assert set(Application.objects.visible_to(regional)) == set(
        submitted.filter(competition__region__code="TV")
    )


def test_nobody_else_of_the_demonstration_can_sign_in(demonstration):
    contacts = User.objects.exclude(email__in=people.EVERYBODY)

    assert contacts.exists()
    assert all(not person.has_usable_password() for person in contacts)
    assert all(people.is_invented(person.email) for person in contacts)


def test_nothing_of_the_past_is_mailed(demonstration):
    assert Notification.objects.exists()
    assert set(Notification.objects.values_list("state", flat=True)) == {OwedState.VOID}


def test_no_two_applications_say_the_same(demonstration):
    submitted = Application.objects.exclude(status=Status.DRAFT)
    said: dict[int, tuple[str, ...]] = {}
    for pk, text in submitted.order_by("pk", "answers__question__position").values_list(
        "pk", "answers__text"
    ):
        said[pk] = (*said.get(pk, ()), text or "")

    # One answer may come up twice among so many; a whole application never does.
    assert max(Counter(said.values()).values()) == 1
    assert not [text for texts in said.values() for text in texts if "{" in text]


def test_firms_have_numbers_that_nobody_has(demonstration):
    numbers = Organisation.objects.filter(kind="business").values_list("company_number", flat=True)

    assert all("99000001" <= number <= "99000099" for number in numbers)


def test_a_second_load_says_that_it_is_there(demonstration, capsys):
    before = Application.objects.count()

    call_command("load_demo")

    assert "loaded already" in capsys.readouterr().out
    assert Application.objects.count() == before


def test_it_is_refused_where_somebody_else_has_an_account(db):
    user(Role.APPLICANT, email="ann@mersey.example")

    with pytest.raises(CommandError, match="Somebody has an account here already"):
        call_command("load_demo")

    assert not Competition.objects.exists()


def test_it_is_refused_in_a_deployment(db, settings):
    settings.DEPLOYED = True

    with pytest.raises(CommandError, match="This is a deployment"):
        call_command("load_demo")

    assert not User.objects.exists()


@pytest.mark.parametrize("total", [0, 37, 70, 88, 100])
def test_marks_add_up_to_the_wished_total(total):
    marks = figures.marks(total, Random(1))

    assert sum(marks) == total
    assert len(marks) == 10
    assert all(0 <= mark <= 10 for mark in marks)


@pytest.mark.parametrize(("grant", "percentage"), [(694_000, 60), (416_400, 70), (1, 45)])
def test_costs_give_exactly_the_wished_grant(grant, percentage):
    costs = figures.costs_for(grant, Decimal(percentage))

    assert costs * percentage // 100 == grant


def test_the_same_seed_writes_the_same_answers():
    project = files.read("projects")["TV-R2-MFA-DEMO"][0]
    plan = texts.Plan(months=9, costs=96_000, grant=67_200, partners=[])

    assert texts.answers(project, plan, Random(7)) == texts.answers(project, plan, Random(7))
    assert texts.answers(project, plan, Random(7)) != texts.answers(project, plan, Random(8))
