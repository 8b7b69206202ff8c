from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts import composing
from accounts.models import AuditEntry, Notification
from accounts.roles import Role
from applications.assessment.independence import OwnOrganisation
from applications.models import ParentCompany
from funding import duties, to_do
from funding.models import Award, AwardShare, EarlierAssistance, MfaRecord, MfaState
from funding.subsidy import headroom, mfa, window
from tests.make import applications, assistance, budgets, organisations, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

#: Of a grant of £56,000 so much of others fills the limit to the penny.
REST = "259000.00"
LAST_YEAR = date(2025, 6, 1)


def now(award: Award) -> Award:
    return Award.objects.get(pk=award.pk)


@pytest.mark.parametrize(
    ("given_on", "since"),
    [
        (date(2023, 3, 15), date(2020, 4, 1)),
        (date(2023, 3, 31), date(2020, 4, 1)),
        (date(2023, 4, 1), date(2021, 4, 1)),
        (date(2023, 4, 5), date(2021, 4, 1)),
        (date(2023, 4, 6), date(2021, 4, 1)),
        (date(2024, 1, 1), date(2021, 4, 1)),
    ],
)
def test_the_window_is_this_financial_year_from_april_and_the_two_before(given_on, since):
    assert window.begins(given_on) == since


def line(amount: str, counts: bool = True) -> window.Line:
    return window.Line("Council", "MFA", LAST_YEAR, Decimal(amount), counts)


@pytest.mark.parametrize(
    ("amount", "fits", "over"), [("100000.00", True, "0.00"), ("100000.01", False, "0.01")]
)
def test_exactly_the_limit_is_allowed_and_a_penny_more_is_not(amount, fits, over):
    sums = window.Headroom(
        since=date(2024, 4, 1),
        given_on=NOON.date(),
        lines=(line("200000.00"), line("15000.00"), line("900000.00", counts=False)),
        amount=Decimal(amount),
    )

    assert (sums.left, sums.fits, sums.over) == (Decimal("100000.00"), fits, Decimal(over))


@pytest.mark.tells("mfa_notice")
def test_the_enterprises_editors_are_told_what_it_is_and_asked():
    award = assistance.released()
    organisation = award.shares.get().participant.organisation
    colleague, reader = people.member(organisation), people.member(organisation, may_edit=False)

    record = assistance.asked(award)

    told = Notification.objects.filter(kind="mfa_notice")
    assert {one.recipient for one in told} == {assistance.signer(record), colleague}
    assert reader not in {one.recipient for one in told}
    text = " ".join(composing.compose(told[0]).text.split())
    assert "Minimal Financial Assistance, section 36 of the Subsidy Control Act 2022" in text
    assert "Gross amount: £56,000" in text
    assert "£315,000 since 1 April 2024" in text
    assert (record.state, record.amount) == (MfaState.NOTIFIED, Decimal("56000.00"))


def test_nobody_is_asked_before_the_decision_is_told_or_twice():
    within = budgets.funded_competition()
    budgets.assessed(within)
    made = budgets.approved(within)
    award, by = Award.objects.get(), budgets.fund_manager()
    with pytest.raises(mfa.AssistanceRefused, match="approved and released"):
        mfa.notify(award, by=by, at=NOON)
    budgets.released(made)

    assert not list(mfa.to_be_notified(people.user(Role.APPROVER)))
    assert list(mfa.to_be_notified(by)) == [award]
    [waiting] = to_do.asking(by, NOON)
    assert waiting.says == "Ask the enterprises of 1 award about assistance"
    assert len(mfa.notify(award, by=by, at=NOON + 3 * DAY)) == 1
    assert mfa.notify(award, by=by, at=NOON + 3 * DAY) == []
    assert not list(to_do.asking(by, NOON))


@pytest.mark.parametrize("role", sorted(set(Role) - duties.PROPOSE))
def test_only_a_fund_manager_asks(role):
    award = assistance.released()
    record = assistance.asked(award)
    person = people.user(role)

    with pytest.raises(duties.RoleMissing):
        mfa.notify(award, by=person, at=NOON)
    with pytest.raises(duties.RoleMissing):
        mfa.ask_again(record, "Wrong.", by=person, at=NOON)


def test_the_confirmation_keeps_the_name_the_moment_and_what_was_stated():
    record = assistance.asked()
    stated = assistance.sum_of("20000.00", LAST_YEAR)

    made = mfa.confirm(
        record, [stated], name=" Ada Lovelace ", by=assistance.signer(record), at=NOON + 4 * DAY
    )

    assert (made.state, made.signed_name, made.confirmed_at) == (
        MfaState.CONFIRMED,
        "Ada Lovelace",
        NOON + 4 * DAY,
    )
    assert list(made.earlier.values_list("giver", "given_on", "amount")) == [
        ("Mersey Council", LAST_YEAR, Decimal("20000.00"))
    ]
    with pytest.raises(mfa.NotAsked):
        mfa.confirm(record, [], name="Ada", by=assistance.signer(record), at=NOON + 5 * DAY)


def test_somebody_else_confirms_nothing():
    record = assistance.asked()
    reader = people.member(record.share.participant.organisation, may_edit=False)

    for person in (reader, people.user(Role.APPLICANT), budgets.fund_manager()):
        with pytest.raises(mfa.NotTheirs):
            mfa.confirm(record, [], name="Ada", by=person, at=NOON + 4 * DAY)
    with pytest.raises(mfa.NotStated):
        mfa.confirm(record, [], name=" ", by=assistance.signer(record), at=NOON + 4 * DAY)
    with pytest.raises(mfa.NotStated, match="what will be"):
        future = assistance.sum_of("1.00", (NOON + 9 * DAY).date())
        mfa.confirm(record, [future], name="Ada", by=assistance.signer(record), at=NOON + 4 * DAY)
    assert not EarlierAssistance.objects.exists()


def test_nothing_is_given_before_the_confirmation():
    award = assistance.released()
    name = award.shares.get().participant.name
    assert mfa.unasked(award) == [name]

    with pytest.raises(mfa.NotConfirmed, match=name):
        mfa.require_headroom(award, at=NOON + 4 * DAY)
    assistance.asked(award)
    with pytest.raises(mfa.NotConfirmed, match=name), transaction.atomic():
        assistance.accepted(award)

    assert now(award).status == "reserved"


@pytest.mark.tells("mfa_given")
def test_once_confirmed_it_is_given_and_the_enterprise_is_told_the_day_and_the_sum():
    award = assistance.released()
    assistance.confirmed(award, [assistance.sum_of(REST, LAST_YEAR)])

    assistance.accepted(award)

    record = MfaRecord.objects.get()
    assert (record.state, record.given_on) == (MfaState.GIVEN, (NOON + 4 * DAY).date())
    told = Notification.objects.get(kind="mfa_given")
    text = composing.compose(told).text
    assert "Date given: 5 June 2026" in text
    assert "Gross amount: £56,000" in text
    assert AuditEntry.objects.filter(action="give assistance").count() == 1


def test_a_penny_past_the_limit_is_refused_with_the_arithmetic():
    award = assistance.released()
    assistance.confirmed(award, [assistance.sum_of("259000.01", LAST_YEAR)])

    with pytest.raises(mfa.PastTheLimit) as refusal, transaction.atomic():
        assistance.accepted(award)

    assert (
        "£259,000.01 given since 1 April 2024 and £56,000 now come to £315,000.01 of £315,000, "
        "which is £0.01 too much." in str(refusal.value)
    )
    assert now(award).status == "reserved"


def test_what_was_given_before_the_window_does_not_count():
    award = assistance.released()
    record = assistance.confirmed(
        award,
        [
            assistance.sum_of("315000.00", date(2024, 3, 31)),
            assistance.sum_of(REST, date(2024, 4, 1)),
        ],
    )

    sums = headroom.of(record, at=NOON)

    assert [one.counts for one in sums.lines] == [False, True]
    assert (sums.total, sums.fits) == (Decimal("315000.00"), True)


def of_group(number: str) -> Award:
    """Another award, of a company of that number."""
    made = organisations.organisation(company_number=number)
    return assistance.released(organisation=made, by=people.member(made))


def test_what_this_programme_gave_to_the_group_counts_and_what_it_promised_does_not():
    ParentCompany.objects.create(number="11111111", parent_number="33333333")
    ParentCompany.objects.create(number="22222222", parent_number="33333333")
    first, second, other = of_group("11111111"), of_group("22222222"), of_group("44444444")
    record = assistance.confirmed(second)
    assistance.confirmed(first)
    assistance.confirmed(other)
    assert headroom.of(record, at=NOON).counted == 0
    assert [one.share.award for one in headroom.promised(record)] == [first]

    assistance.accepted(first)
    assistance.accepted(other)

    sums = headroom.of(record, at=NOON + 5 * DAY)
    assert sums.counted == Decimal("56000.00")
    assert first.application.reference in sums.lines[0].giver
    assert headroom.group_of("11111111") == {"11111111", "22222222", "33333333"}


def test_the_group_together_stays_within_the_limit():
    ParentCompany.objects.create(number="11111111", parent_number="22222222")
    first, second = of_group("11111111"), of_group("22222222")
    assistance.confirmed(first)
    assistance.confirmed(second, [assistance.sum_of("203000.01", LAST_YEAR)])
    assistance.accepted(first)

    with pytest.raises(mfa.PastTheLimit), transaction.atomic():
        assistance.accepted(second)


def test_two_of_one_group_in_one_award_are_counted_together():
    """Each alone would fit: 220,000 and 60,000 are 280,000 of 315,000; together they come to 340,000."""
    ParentCompany.objects.create(number="11111111", parent_number="22222222")
    lead, other = (organisations.organisation(company_number=number) for number in ("11111111", "22222222"))
    within, half = budgets.funded_competition(), Decimal("60000.00")
    application = budgets.assessed(within, 9, grant="120000.00", organisation=lead, by=people.member(lead))
    applications.partner(application, other)
    people.member(other)
    asked = {"grant_sought": half, "total_costs": half * 2, "percentage_asked": 50}
    application.participants.update(**asked)
    budgets.released(budgets.approved(within))
    award = Award.objects.get(application=application)
    for record in mfa.notify(award, by=budgets.fund_manager(), at=NOON + 3 * DAY):
        editor = record.share.participant.organisation.memberships.get(may_edit=True).person
        stated = [assistance.sum_of("220000.00", LAST_YEAR)]
        mfa.confirm(record, stated, name="Ada Lovelace", by=editor, at=NOON + 3 * DAY)

    with pytest.raises(mfa.PastTheLimit, match="£340,000"), transaction.atomic():
        assistance.accepted(award)

    assert now(award).status == "reserved"


def test_whoever_belongs_to_the_enterprise_neither_asks_it_nor_puts_its_word_aside():
    award = assistance.released()
    within = people.member(award.shares.get().participant.organisation, True, Role.FUNDS)

    with pytest.raises(OwnOrganisation):
        mfa.notify(award, by=within, at=NOON + 3 * DAY)
    record = assistance.confirmed(award)
    with pytest.raises(OwnOrganisation):
        mfa.ask_again(record, "A sum is missing.", by=within, at=NOON + 5 * DAY)


def test_asked_again_the_old_confirmation_is_put_aside_and_kept():
    award = assistance.released()
    old = assistance.confirmed(award)

    new = mfa.ask_again(old, "The council's grant is missing.", by=budgets.fund_manager(), at=NOON + 5 * DAY)

    old.refresh_from_db()
    assert (old.state, old.signed_name, new.state) == (MfaState.SUPERSEDED, "Ada Lovelace", MfaState.NOTIFIED)
    with pytest.raises(mfa.NotConfirmed):
        mfa.require_headroom(award, at=NOON + 5 * DAY)
    with pytest.raises(mfa.NotAsked):
        mfa.ask_again(old, "Once more.", by=budgets.fund_manager(), at=NOON + 5 * DAY)


def test_the_database_takes_no_accepted_award_whose_assistance_is_not_given():
    award = assistance.released()
    assistance.confirmed(award)

    with pytest.raises(IntegrityError, match="has not confirmed"), transaction.atomic():
        assistance.commit(award, at=NOON + 4 * DAY)
        immediately()


def immediately() -> None:
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize(("stated", "is_within"), [(REST, True), ("259000.01", False)])
def test_the_database_holds_the_limit_to_the_penny(stated, is_within):
    """Whatever the rule in front of it says: it is put aside here."""
    award = assistance.released()
    record = assistance.confirmed(
        award, [assistance.sum_of(stated, LAST_YEAR), assistance.sum_of("99999.00", date(2024, 3, 31))]
    )

    def give() -> None:
        with transaction.atomic():
            MfaRecord.objects.filter(pk=record.pk).update(
                state="given", given_on=(NOON + 4 * DAY).date(), given_at=NOON + 4 * DAY
            )
            assistance.commit(award, at=NOON + 4 * DAY)
            immediately()

    if is_within:
        give()
        assert now(award).status == "committed"
    else:
        with pytest.raises(IntegrityError, match="would pass 315000"):
            give()


def test_the_database_counts_what_the_group_was_given():
    ParentCompany.objects.create(number="11111111", parent_number="22222222")
    first, second = of_group("11111111"), of_group("22222222")
    assistance.confirmed(first)
    record = assistance.confirmed(second, [assistance.sum_of("203000.01", LAST_YEAR)])
    assistance.accepted(first)
    immediately()

    with pytest.raises(IntegrityError, match="would pass 315000"), transaction.atomic():
        MfaRecord.objects.filter(pk=record.pk).update(
            state="given", given_on=(NOON + 5 * DAY).date(), given_at=NOON + 5 * DAY
        )
        assistance.commit(second, at=NOON + 5 * DAY)
        immediately()


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"state": "given", "given_on": NOON.date(), "given_at": NOON}, "notified, then confirmed"),
        ({"state": "confirmed"}, "confirmed_by_name"),
        ({"amount": Decimal("1.00"), "state": "superseded"}, "stays as it was"),
        ({"state": "superseded"}, "with_a_reason"),
    ],
)
def test_the_database_lets_a_record_go_its_way_alone(change, match):
    record = assistance.asked()

    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        MfaRecord.objects.filter(pk=record.pk).update(**change)


def test_the_database_takes_no_statement_after_the_confirmation():
    record = assistance.confirmed()

    with pytest.raises(IntegrityError, match="stays as it was confirmed"), transaction.atomic():
        EarlierAssistance.objects.create(record=record, **assistance.sum_of("1.00", LAST_YEAR))


def test_the_database_asks_only_about_such_assistance():
    within = budgets.funded_competition(subsidy_basis="subsidy_control")
    budgets.assessed(within)
    budgets.released(budgets.approved(within))
    share, by = AwardShare.objects.get(), budgets.fund_manager()

    assert mfa.notify(share.award, by=by, at=NOON + 3 * DAY) == []
    assert mfa.give(share.award, by=by, at=NOON) == []
    with pytest.raises(IntegrityError, match="asked about assistance"), transaction.atomic():
        MfaRecord.objects.create(share=share, amount=share.grant, notified_by=by, notified_at=NOON)
