"""Part awards: named shares, a reason, only where the brief allows them, and no other sum in the database."""

import json
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from applications.models import Competition, Participant
from funding import allocation, deciding, foreseen, ledger, line_decisions
from funding.foreseen import Choice
from funding.models import AllocationLine, Award, LineShare, Method, Scenario, Verdict
from funding.scenarios import comparing, making, pack, verifying, working
from funding.scenarios.making import Definition
from funding.scenarios.question import PartAward
from tests.make import applications, budgets
from tests.make.office import sign_in
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

WHY = "One work package is paid by another funder."


@pytest.fixture
def within():
    """120,000 for two candidates of 100,000 and 60,000."""
    made = budgets.funded_competition(ceiling="120000.00")
    Competition.objects.filter(pk=made.pk).update(allows_part_awards=True)
    made.refresh_from_db()
    for mark, grant in ((9, "100000.00"), (8, "60000.00")):
        budgets.assessed(made, mark, grant=grant)
    return made


@pytest.fixture
def first(within):
    return within.applications.get(grant_sought=Decimal("100000.00"))


def shared(application, *grants: str) -> dict[int, Decimal]:
    ids = application.participants.order_by("-is_lead", "pk").values_list("pk", flat=True)
    return dict(zip(ids, map(Decimal, grants), strict=True))


def asked(application, *grants: str, reason: str = WHY, **more) -> Definition:
    part = PartAward(shared(application, *grants), reason)
    return Definition("A part", part_awards={application.reference: part}, **more)


def make(within, definition) -> Scenario:
    return making.make([within], definition, by=budgets.fund_manager(), at=NOON)


@pytest.fixture
def proposed(within, first):
    scenario = make(within, asked(first, "60000.00"))
    return allocation.propose([within], scenario, by=budgets.fund_manager(), at=NOON)


def test_what_a_part_award_leaves_goes_to_the_next(within, first):
    _, found = making.question_and_answer(make(within, asked(first, "60000.00")))

    assert [one["amount"] for one in found["awards"]] == ["60000.00", "60000.00"]
    assert found["left"][within.budgets.pot.code] == "0.00"


def test_it_is_awarded_as_proposed_with_its_share_and_percentage(proposed, first):
    approved = deciding.approve(proposed, by=budgets.approver(), at=NOON + DAY)

    award = Award.objects.get(application=first)
    share = award.shares.get()
    assert (award.amount, share.grant, share.percentage) == (60_000, 60_000, 30)  # of costs of 200,000
    assert approved.lines.get(application=first).amount == 100_000
    assert ledger.recount() == []


def test_a_line_decided_by_itself_gives_the_part(proposed, first):
    line = proposed.lines.get(application=first)

    decided = line_decisions.decide(line, Verdict.FUND, by=budgets.approver(), at=NOON + DAY)

    assert decided.award.amount == 60_000


def test_the_preview_counts_the_part(proposed, first):
    lines = proposed.lines.filter(application=first)

    prospect = foreseen.foresee(proposed, lines, Choice.FUND, "", by=budgets.approver())

    assert {cut.taken for cut in prospect.cuts} == {Decimal("60000.00")}
    assert allocation.effect(proposed).total == 120_000


def test_each_organisation_has_its_own_part(within):
    made = budgets.assessed(within, 9, grant="80000.00")
    partner = applications.partner(made)
    sums = {"grant_sought": Decimal("20000.00"), "total_costs": Decimal("30000.00")}
    Participant.objects.filter(pk=partner.pk).update(**sums)
    type(made).objects.filter(pk=made.pk).update(grant_sought=Decimal("100000.00"))
    scenario = make(within, asked(made, "50000.00", "0.00"))

    proposal = allocation.propose([within], scenario, by=budgets.fund_manager(), at=NOON)
    line = proposal.lines.get(application=made)

    assert [part.grant for part in line.parts.order_by("pk")] == [50_000, 0]
    decided = line_decisions.decide(line, Verdict.FUND, WHY, by=budgets.approver(), at=NOON + DAY)
    assert decided.award.shares.get().participant.is_lead


@pytest.mark.parametrize(
    ("grants", "reason", "said"),
    [
        (("100000.00",), WHY, "less than what is sought"),
        (("0.00",), WHY, "not nothing"),
        (("100000.01",), WHY, "more than it asks for"),
        (("-1.00",), WHY, "more than it asks for"),
        (("60000.00",), " ", "Give the reason"),
    ],
)
def test_a_part_that_is_none_is_refused(within, first, grants, reason, said):
    with pytest.raises(making.ScenarioRefused, match=said):
        make(within, asked(first, *grants, reason=reason))


def test_only_where_the_brief_allows_it(within, first):
    Competition.objects.filter(pk=within.pk).update(allows_part_awards=False)

    with pytest.raises(making.PartNotAllowed, match=within.code):
        make(within, asked(first, "60000.00"))


def test_the_pack_is_worked_out_again_and_a_changed_share_is_seen(proposed, first):
    packed = json.loads(json.dumps(pack.of(proposed)))
    assert verifying.differences(packed) == []

    line = next(one for one in packed["question"]["lines"] if one["reference"] == first.reference)
    line["shares"] = dict.fromkeys(line["shares"], "59999.99")
    again = working.answer(packed["question"])
    texts = working.as_text(packed["question"]), working.as_text(again)
    packed["answer"], packed["fingerprint"] = again, making.fingerprint_of(*texts)

    assert any("do not add up" in one for one in verifying.differences(packed))


def test_the_database_refuses_another_sum_than_was_proposed(proposed, first):
    line = proposed.lines.get(application=first)
    with pytest.raises(IntegrityError, match="keeps the sums"), transaction.atomic():
        AllocationLine.objects.filter(pk=line.pk).update(awarded=Decimal("70000.00"))
    with pytest.raises(IntegrityError, match="do not add up"), transaction.atomic():
        LineShare.objects.create(
            line=proposed.lines.exclude(pk=line.pk).get(),
            participant=first.participants.get(),
            grant=Decimal("1.00"),
        )
        connection.check_constraints()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_an_award_of_all_where_a_part_was_proposed_is_refused_by_the_database(proposed, first, monkeypatch):
    from_all = line_decisions.awards.shares_asked_for
    monkeypatch.setattr("funding.awards.shares_of", lambda line, application: from_all(application))

    with pytest.raises(IntegrityError, match="proposed with another sum"), transaction.atomic():
        line_decisions.decide(
            proposed.lines.get(application=first), Verdict.FUND, by=budgets.approver(), at=NOON + DAY
        )


def test_beside_an_award_of_all_the_smaller_sum_and_what_it_leaves_are_told(within, first):
    Competition.objects.filter(pk=within.pk).update(announces_portfolio=True)
    other = within.applications.get(grant_sought=Decimal("60000.00"))
    both = {"method": Method.PORTFOLIO, "forced": {other.reference: (False, "It was bought.")}}
    made = [make(within, Definition("All", **both)), make(within, asked(first, "60000.00", **both))]

    _, column = comparing.columns(made, [within.budgets.pot.code])

    assert column.sentence == (
        f"{first.reference} £60,000 instead of £100,000: worth the same, £60,000 left instead of £20,000"
    )


# Its page


def page_of(within) -> str:
    return reverse("admin:funding_scenarios", args=[within.code])


SENT = {"name": "A part", "method": "top down", "objective": "score"}


def test_the_page_asks_for_the_shares_once_the_application_is_chosen(within, first):
    browser = sign_in(budgets.fund_manager())
    part = first.participants.get()

    page = browser.post(page_of(within), {**SENT, "part_0": first.reference, "show": "1"})

    assert page.status_code == 200
    assert f"{part.name}, pounds of the £100,000 it asks for" in page.text
    assert "There is a problem" not in page.text
    assert "A part" in page.text
    assert not Scenario.objects.exists()


def test_the_page_makes_it_and_shows_it(within, first):
    browser = sign_in(budgets.fund_manager())
    part = first.participants.get()
    filled = {f"share_0_{part.pk}": "60,000", "part_reason_0": WHY}

    page = browser.post(page_of(within), {**SENT, "part_0": first.reference, **filled}, follow=True)

    assert "Part award: £60,000" in page.text
    assert WHY in page.text
    assert "part: £60,000" in browser.get(page_of(within)).text
    browser.post(reverse("admin:funding_scenario_propose", args=[Scenario.objects.get().pk]))
    line = AllocationLine.objects.get(application=first)
    shown = browser.get(reverse("admin:funding_allocation_line", args=[line.allocation_id, line.pk])).text
    assert "£60,000 of the £100,000 it asks for" in shown


@pytest.mark.parametrize(
    ("grant", "reason", "said"),
    [
        ("", WHY, "is given, or 0"),
        ("200,000", WHY, "enter that or less"),
        ("100,000", WHY, "less than the £100,000 sought"),
        ("0", WHY, "less than the £100,000 sought"),
        ("60,000", "", "Give the reason for awarding"),
    ],
)
def test_what_is_wrong_stands_at_its_field(within, first, grant, reason, said):
    browser = sign_in(budgets.fund_manager())
    filled = {f"share_0_{first.participants.get().pk}": grant, "part_reason_0": reason}

    page = browser.post(page_of(within), {**SENT, "part_0": first.reference, **filled})

    assert page.status_code == 422
    assert said in page.text
    assert not Scenario.objects.exists()


def test_where_none_are_allowed_the_page_offers_none(within, first):
    Competition.objects.filter(pk=within.pk).update(allows_part_awards=False)
    browser = sign_in(budgets.fund_manager())

    assert "Part awards" not in browser.get(page_of(within)).text
