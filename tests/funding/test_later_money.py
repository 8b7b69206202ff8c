"""Later money: what the round did not fund is proposed, decided and released by itself."""

import re
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Membership, Notification
from accounts.roles import Role
from applications import withdrawal, workflow
from applications.assessment import independence
from applications.models import Application, Competition, Stage
from applications.workflow import Status
from funding import allocation, deciding, duties, later_money, ledger, line_decisions, release
from funding.models import Allocation, Award, AwardStatus, Budget, Method, Purpose, Verdict
from funding.portfolio.problem import Measure, Rule, Sense
from funding.scenarios import making
from funding.scenarios.making import Definition
from funding.verdicts import AlreadyDecided, ReasonRefused, VerdictRefused
from tests import decision_presses
from tests.make import applications, budgets, office, people
from tests.make.api import Asking
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

LATER, LATEST = NOON + 2 * DAY, NOON + 3 * DAY


@pytest.fixture
def made() -> Allocation:
    """Concluded: the first funded, the second in reserve, the third told no."""
    made = decision_presses.with_reserve()
    return budgets.released(made, at=LATER)


def application(made, position: int) -> Application:
    return Application.objects.get(allocation_lines__allocation=made, allocation_lines__position=position)


def raised(one: Application, reason="Money came back.", by=None) -> Allocation:
    return later_money.raise_up(one, reason, by=by or budgets.fund_manager(), at=LATER)


def approved(one: Application) -> Allocation:
    return deciding.approve(raised(one), by=budgets.approver(), at=LATER)


def shown(one: Application, person) -> str:
    return Application.objects.with_shown_status(person).get(pk=one.pk).shown_status


class Reading:
    """Everything that a person can read of one application, again and again."""

    def __init__(self, one: Application):
        self.one, self.person = one, one.started_by
        self.browser, self.asking = office.sign_in(self.person), Asking(self.person)

    def all(self) -> str:
        of_one = f"applications/{self.one.reference}/"
        pages = [self.browser.get(f"/{of_one}"), self.browser.get("/applications/")]
        answers = [self.asking.get(of_one), self.asking.get("applications/"), self.asking.get("awards/")]
        return "\n".join([*[steady(page.text) for page in pages], *[answer.text for answer in answers]])


#: Keys of forms, and the time that the session has left.
PASSING = re.compile(r'(value|left|data-ends|nonce)="[^"]*"')


def steady(text: str) -> str:
    """A page without what differs each time that it is shown."""
    return PASSING.sub("", text)


def ineligible(within: Competition) -> Application:
    return applications.application(Status.INELIGIBLE, within, grant_sought=56_000, total_costs=112_000)


@pytest.mark.parametrize("position", [2, 3])
def test_one_in_reserve_or_told_no_is_raised_decided_and_paid_for(made, position):
    one = application(made, position)
    figures = made.lines.get(position=position)

    allocation = raised(one)

    line = allocation.lines.get()
    assert (allocation.purpose, allocation.why) == (Purpose.LATER_MONEY, "Money came back.")
    assert (line.score, line.fund_votes, line.amount) == (figures.score, figures.fund_votes, 56_000)
    deciding.approve(allocation, by=budgets.approver(), at=LATER)
    one.refresh_from_db()
    assert one.status == Status.SUCCESSFUL
    assert Award.objects.get(application=one).status == AwardStatus.RESERVED
    assert ledger.recount() == []


def test_an_ineligible_one_is_raised_without_figures(made):
    one = ineligible(made.competitions.get())

    allocation = approved(one)

    assert allocation.lines.get().score is None
    assert Application.objects.get(pk=one.pk).status == Status.SUCCESSFUL


@pytest.mark.parametrize("position", [2, 3])
def test_nothing_is_to_be_seen_of_it_before_its_release(made, position):
    one = application(made, position)
    reading = Reading(one)
    before = reading.all()

    allocation = approved(one)

    assert reading.all() == before
    budgets.released(allocation, at=LATEST)
    assert shown(one, reading.person) == Status.SUCCESSFUL
    assert "56000.00" in reading.asking.get("awards/").text
    told = Notification.objects.filter(kind="application_successful", subject_id=one.pk)
    assert told.count() == 1


def test_an_ineligible_one_reads_so_until_the_release(made):
    one = ineligible(made.competitions.get())
    reading, person = Reading(one), one.started_by
    before = reading.all()

    allocation = approved(one)

    assert shown(one, person) == Status.INELIGIBLE
    assert reading.all() == before
    assert not withdrawal.is_withdrawable(Application.objects.get(pk=one.pk))
    with pytest.raises(workflow.MoveRefused):
        withdrawal.withdraw(one, by=person, at=LATER)
    budgets.released(allocation, at=LATEST)
    assert shown(one, person) == Status.SUCCESSFUL


def test_the_release_of_the_round_does_not_tell_what_was_raised_since():
    made = decision_presses.with_reserve()
    one = application(made, 2)
    allocation = approved(one)

    budgets.released(made, at=LATER)

    assert shown(one, one.started_by) == Status.IN_ASSESSMENT
    assert not Notification.objects.filter(kind="application_successful", subject_id=one.pk).exists()
    budgets.released(allocation, at=LATEST)
    assert shown(one, one.started_by) == Status.SUCCESSFUL


def test_the_stage_of_the_round_stays():
    made = decision_presses.with_reserve()
    allocation = approved(application(made, 2))

    budgets.released(allocation, at=LATER)

    assert made.competitions.get().stage == Stage.DECIDED


def test_one_in_reserve_decided_after_the_release_is_told_by_a_further_one(made):
    one, line = application(made, 2), made.lines.get(position=2)
    line_decisions.decide(line, Verdict.REJECT, "The programme ends.", by=budgets.approver(), at=LATER)
    assert shown(one, one.started_by) == Status.IN_ASSESSMENT

    budgets.released(made, at=LATEST)

    assert shown(one, one.started_by) == Status.UNSUCCESSFUL
    assert Notification.objects.filter(kind="application_unsuccessful", subject_id=one.pk).count() == 1
    with pytest.raises(release.AlreadyReleased):
        release.release(made, by=budgets.fund_manager(), at=LATEST)


def test_it_takes_a_reason_a_fund_manager_and_another_person(made):
    one = application(made, 3)
    both = people.user(Role.FUNDS, Role.APPROVER)

    with pytest.raises(ReasonRefused):
        raised(one, " ")
    with pytest.raises(duties.RoleMissing):
        raised(one, by=budgets.approver())
    allocation = raised(one, by=both)
    with pytest.raises(duties.SamePerson):
        deciding.approve(allocation, by=both, at=LATER)
    with pytest.raises(VerdictRefused, match="as a whole"):
        line_decisions.decide(allocation.lines.get(), Verdict.FUND, by=budgets.approver(), at=LATER)
    with pytest.raises(IntegrityError, match="later_money_has_its_reason"), transaction.atomic():
        Allocation.objects.create(purpose=Purpose.LATER_MONEY, proposed_by=both, proposed_at=LATER)


def test_a_member_does_not_propose_it(made):
    one, manager = application(made, 3), budgets.fund_manager()
    organisation = one.participants.get().organisation
    Membership.objects.create(organisation=organisation, person=manager, joined_at=NOON)

    with pytest.raises(independence.OwnOrganisation):
        raised(one, by=manager)


def test_what_is_funded_proposed_or_not_decided_yet_is_not_raised(made):
    with pytest.raises(later_money.NotRaisable, match="successful"):
        raised(application(made, 1))
    raised(application(made, 3))
    with pytest.raises(later_money.NotRaisable, match="proposed already"):
        raised(application(made, 3))
    with pytest.raises(later_money.NotRaisable, match="not decided yet"):
        raised(ineligible(budgets.funded_competition()))


def test_it_needs_the_money_now_and_says_what_is_left(made):
    pot = made.competitions.get().budgets.pot
    pot = Budget.objects.get(pk=pot.pk)
    budgets.with_ceiling(pot, pot.allocated + 55_999, at=LATER)

    with pytest.raises(ledger.NotEnough) as refusal:
        raised(application(made, 2))

    assert refusal.value.left == 55_999
    assert not later_money.proposals().exists()


def test_a_refused_proposal_changes_nothing_and_makes_room(made):
    one = application(made, 3)
    deciding.refuse(raised(one), "Too dear.", by=budgets.approver(), at=LATER)

    one.refresh_from_db()
    assert (one.status, one.told_status) == (Status.UNSUCCESSFUL, "")
    assert raised(one).is_proposed


@pytest.mark.parametrize(("position", "was"), [(2, Status.RESERVE), (3, Status.UNSUCCESSFUL)])
def test_it_is_taken_back_before_its_release_to_what_it_was(made, position, was):
    one = application(made, position)
    reading = Reading(one)
    before = reading.all()
    line, approver = approved(one).lines.get(), budgets.approver()

    with pytest.raises(VerdictRefused, match="later allocation"):
        earlier = made.lines.get(position=position)
        line_decisions.take_back(earlier, "By mistake.", by=approver, at=LATER)
    line_decisions.take_back(line, "By mistake.", by=approver, at=LATER)

    one.refresh_from_db()
    assert (one.status, one.told_status) == (was, "")
    assert reading.all() == before
    assert not Award.objects.live().filter(application=one).exists()
    assert ledger.recount() == []


def test_once_released_it_is_not_taken_back(made):
    allocation = approved(application(made, 3))
    budgets.released(allocation, at=LATEST)

    with pytest.raises(AlreadyDecided):
        line_decisions.take_back(allocation.lines.get(), "By mistake.", by=budgets.approver(), at=LATEST)


def test_from_the_top_the_next_in_reserve_is_proposed_and_no_smaller_one_in_its_place():
    within = budgets.funded_competition(ceiling="130000.00")
    listed = [
        ((9, 9, 9), "60000.00"),
        ((9, 8, 8), "70000.00"),
        ((8, 8, 8), "80000.00"),
        ((7, 7, 7), "50000.00"),
    ]
    for marks, grant in listed:
        budgets.assessed(within, marks=marks, grant=grant)
    made, approver = budgets.proposed(within), budgets.approver()
    for line in made.lines.order_by("position"):
        fits = line.amount == 60_000
        verdict = Verdict.FUND if fits else Verdict.RESERVE
        line_decisions.decide(line, verdict, "The panel's order.", by=approver, at=NOON + DAY)
    made = deciding.conclude(made, by=approver, at=NOON + DAY)
    manager = budgets.fund_manager()

    first = later_money.raise_next(made, "It fits.", by=manager, at=LATER)

    assert first.lines.get().amount == 70_000
    dear = made.lines.get(amount=80_000).application.reference
    with pytest.raises(later_money.NothingFits, match=f"{dear} is next from the top"):
        later_money.raise_next(made, "It fits.", by=manager, at=LATER)


def test_of_a_portfolio_what_its_rule_takes_now_is_next_whatever_stands_before_it():
    """At most two of the region: with one awarded, one of the reserve may be next, and then no other."""
    within = budgets.funded_competition(ceiling="300000.00")
    Competition.objects.filter(pk=within.pk).update(announces_portfolio=True)
    within.refresh_from_db()
    for mark, grant in ((9, "60000.00"), (8, "250000.00"), (8, "80000.00"), (7, "50000.00")):
        budgets.assessed(within, mark, grant=grant)
    manager, approver = budgets.fund_manager(), budgets.approver()
    rule = Rule(f"region:{within.region.code}", Sense.AT_MOST, Measure.PROJECTS, Decimal(2))
    asked = Definition("At most two", method=Method.PORTFOLIO, rules=[rule])
    scenario = making.make([within], asked, by=manager, at=NOON)
    made = allocation.propose([within], scenario, by=manager, at=NOON)
    for line in made.lines.order_by("position"):
        verdict = Verdict.FUND if line.amount == 60_000 else Verdict.RESERVE
        line_decisions.decide(line, verdict, "The panel's order.", by=approver, at=NOON + DAY)
    made = deciding.conclude(made, by=approver, at=NOON + DAY)

    first = later_money.raise_next(made, "Money came back.", by=manager, at=LATER)
    deciding.approve(first, by=approver, at=LATER)

    assert first.lines.get().amount == 80_000
    with pytest.raises(later_money.NothingFits, match="under the rule of the round"):
        later_money.raise_next(made, "Money came back.", by=manager, at=LATER)


def test_money_that_is_gone_by_the_approval_refuses_it(made):
    one = application(made, 3)
    allocation = raised(one)
    pot = Budget.objects.get(pk=made.competitions.get().budgets.pot_id)
    budgets.with_ceiling(pot, pot.allocated, at=LATER)

    with pytest.raises(ledger.NotEnough):
        deciding.approve(allocation, by=budgets.approver(), at=LATER)

    assert Application.objects.get(pk=one.pk).status == Status.UNSUCCESSFUL
