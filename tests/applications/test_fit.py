"""The eligibility check: each rule kept, broken and left open; the answers on their way into the form."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts import clock
from accounts.models import Kind
from applications import fit
from applications.fit import Activity, Answers, Assessed, Registered, Standing
from applications.models import Application, Competition, Strand
from tests.make import competitions, organisations, people

pytestmark = pytest.mark.django_db

FITS, NOT, OURS, OPEN = Standing.FITS, Standing.DOES_NOT_FIT, Standing.WE_DECIDE, Standing.NOT_ANSWERED


def mfa(**fields) -> Competition:
    return competitions.competition(**fields)


def crd(**fields) -> Competition:
    return competitions.competition(
        **{
            "strand": Strand.CRD,
            "limit_basis": "grant_request",
            "limit_min": Decimal(150_000),
            "limit_max": Decimal(1_000_000),
            "duration_min": 6,
            "duration_max": 24,
            "subsidy_basis": "subsidy_control",
            "needs_partners": True,
            "research_participation_max": Decimal(30),
            **fields,
        }
    )


def cluster() -> Competition:
    return competitions.competition(
        strand=Strand.CLUSTER, limit_basis="grant_request", limit_min=None, limit_max=Decimal(150_000),
        duration_min=None, duration_max=None, ends_exactly_on=date(2037, 3, 31),
        latest_end_on=date(2037, 3, 31), lead_types=["uk_registered_organisation"], subsidy_basis="",
    )  # fmt: skip


def business(registered: str = Registered.YES) -> Answers:
    return Answers(lead_kind=Kind.BUSINESS, registered=registered)


BETWEEN = "Total project costs must be between £25,000 and £100,000."
GRANT = "The grant requested must be between £150,000 and £1 million."
UP_TO = "The grant requested can be up to £150,000."
LASTS = "The project must last 3 to 12 months."
LIMIT = "A business can have up to £315,000 of it in three financial years."

#: Competition, answers, rule, what becomes of it, and what the page says.
RULES = [
    (mfa, business(), "ELIG-02", FITS, "Your organisation can lead."),
    (mfa, business(Registered.APPLIED), "ELIG-02", FITS, "must have finished its registration"),
    (mfa, business(Registered.NO), "ELIG-02", NOT, "The lead must be a UK registered business."),
    (mfa, Answers(lead_kind=Kind.CHARITY), "ELIG-02", NOT, "The lead must be a UK registered business."),
    (mfa, Answers(), "ELIG-02", OPEN, "The lead must be a UK registered business."),
    (cluster, Answers(lead_kind=Kind.CHARITY, registered="yes"), "ELIG-02", FITS, "can lead"),
    (cluster, business(Registered.NO), "ELIG-02", NOT, "an organisation registered in the UK."),
    (mfa, Answers(lead_kind=Kind.RESEARCH), "ELIG-17", NOT, "Academic institutions cannot lead a project"),
    (mfa, Answers(amount=Decimal("25000.00")), "ELIG-03", FITS, "Total project costs of £25,000: within"),
    (mfa, Answers(amount=Decimal("100000.00")), "ELIG-03", FITS, "£100,000: within the limits."),
    (mfa, Answers(amount=Decimal("24999.99")), "ELIG-03", NOT, BETWEEN),
    (mfa, Answers(amount=Decimal("100000.01")), "ELIG-03", NOT, BETWEEN),
    (mfa, Answers(), "ELIG-03", OPEN, BETWEEN),
    (crd, Answers(amount=Decimal(150_000)), "ELIG-04", FITS, "Grant requested of £150,000: within"),
    (crd, Answers(amount=Decimal(149_999)), "ELIG-04", NOT, GRANT),
    (crd, Answers(amount=Decimal(1_000_001)), "ELIG-04", NOT, GRANT),
    (cluster, Answers(amount=Decimal(1)), "ELIG-05", FITS, "Grant requested of £1"),
    (cluster, Answers(amount=Decimal(150_001)), "ELIG-05", NOT, UP_TO),
    (mfa, Answers(duration_months=3), "ELIG-06", FITS, "3 months: within the limits."),
    (mfa, Answers(duration_months=13), "ELIG-06", NOT, LASTS),
    (mfa, Answers(), "ELIG-06", OPEN, LASTS),
    (mfa, Answers(start_on=date(2037, 4, 1)), "ELIG-07", FITS, "A start on 1 April 2037 is in time."),
    (mfa, Answers(start_on=date(2037, 4, 2)), "ELIG-07", NOT, "The project must start by 1 April 2037."),
    (mfa, Answers(), "ELIG-07", OPEN, "The project must start by 1 April 2037."),
    (mfa, Answers(start_on=date(2026, 7, 1)), "START", NOT, "must start after 1 July 2026"),
    (mfa, Answers(start_on=date(2037, 4, 1), duration_months=12), "ELIG-08", FITS, "would end in time"),
    (crd, Answers(start_on=date(2037, 4, 1), duration_months=13), "ELIG-08", NOT, "end by 31 March 2038."),
    (mfa, Answers(start_on=date(2037, 4, 1)), "ELIG-08", OPEN, "The project must end by 31 March 2038."),
    (cluster, Answers(start_on=date(2036, 4, 1), duration_months=12), "ELIG-08", FITS, "would end in time"),
    (cluster, Answers(start_on=date(2036, 4, 1), duration_months=9), "ELIG-08", NOT, "end on 31 March 2037."),
    (mfa, Answers(activity=Activity.ACTIVE), "ELIG-11", FITS, "Your activity is in the cluster."),
    (mfa, Answers(activity=Activity.GROWING), "ELIG-11", FITS, "Your activity is in the cluster."),
    (mfa, Answers(activity=Activity.GROWING, town="Cardiff"), "ELIG-11", OURS, "Explain your activity"),
    (mfa, Answers(activity=Activity.NEITHER), "ELIG-11", OURS, "who are active in the cluster"),
    (mfa, Answers(), "ELIG-11", OPEN, "the cluster of Liverpool City Region"),
    (cluster, Answers(activity=Activity.ACTIVE), "ELIG-12", FITS, "Your activity is in the cluster."),
    (mfa, Answers(is_exploited_from_uk=True), "ELIG-13", FITS, "exploited from or in the UK"),
    (mfa, Answers(is_exploited_from_uk=False), "ELIG-13", OURS, "Say in your answers why they will not be."),
    (mfa, Answers(has_russian_involvement=False), "ELIG-14", FITS, "None."),
    (mfa, Answers(has_russian_involvement=True), "ELIG-14", NOT, "Russian entities or goods"),
    (crd, Answers(has_claimant=True), "ELIG-15", FITS, "Two organisations or more claim grant."),
    (crd, Answers(has_claimant=False), "ELIG-15", NOT, "Add a partner that claims grant."),
    (crd, Answers(), "ELIG-15", OPEN, "At least two organisations"),
    (crd, Answers(research_share=Decimal(30)), "ELIG-16", FITS, "30%: within the maximum of 30%."),
    (crd, Answers(research_share=Decimal("30.01")), "ELIG-16", NOT, "share is above the maximum."),
    (mfa, Answers(assessed=Assessed.NEVER), "ELIG-18", FITS, "can be entered"),
    (mfa, Answers(assessed=Assessed.ONCE), "ELIG-18", FITS, "can be entered"),
    (mfa, Answers(assessed=Assessed.AGAIN), "ELIG-18", OURS, "has already been re-submitted."),
    (mfa, Answers(assistance=Decimal(0)), "ELIG-20", FITS, "There is room for £315,000 more of it."),
    (mfa, Answers(assistance=Decimal(315_000)), "ELIG-20", NOT, LIMIT),
    (mfa, Answers(assistance=Decimal(300_000), amount=Decimal(15_000)), "ELIG-20", FITS, "room for £15,000"),
    (mfa, Answers(assistance=Decimal(300_000), amount=Decimal(15_001)), "ELIG-20", OURS, "up to £15,000."),
    (mfa, Answers(is_funded=False), "ELIG-22", FITS, "not paid for already"),
    (mfa, Answers(is_funded=True), "ELIG-22", OURS, "We do not pay twice"),
]  # fmt: skip


def test_each_rule_says_what_it_makes_of_an_answer():
    made = {make: make() for make in (mfa, crd, cluster)}
    wrong = []

    for make, answers, rule, standing, says in RULES:
        found = [one for one in fit.findings(made[make], answers, waiver_by=None) if one.rule == rule]
        # Whoever does not fit learns what would.
        is_right = [(one.standing, says in one.says) for one in found] == [(standing, True)]
        if not is_right or not (found[0].mend or standing != NOT):
            wrong.append((make.__name__, rule, says, found))

    assert wrong == []


def test_every_rule_that_is_asked_about_is_in_the_table_both_ways():
    kept = {rule for _make, _answers, rule, standing, _says in RULES if standing == FITS}
    broken = {rule for _make, _answers, rule, standing, _says in RULES if standing in (NOT, OURS)}

    asked = {one.rule for make in (mfa, crd) for one in fit.findings(make(), Answers(), waiver_by=None)}
    assert asked <= kept & broken


@pytest.mark.parametrize(
    ("answers", "is_final"),
    [
        (Answers(lead_kind=Kind.RESEARCH), True),
        (Answers(lead_kind=Kind.PUBLIC), True),
        (Answers(has_russian_involvement=True), True),
        (business(Registered.NO), False),
        (Answers(amount=Decimal(1), duration_months=99, start_on=date(2040, 1, 1)), False),
        (Answers(activity=Activity.NEITHER, is_funded=True, is_exploited_from_uk=False), False),
    ],
)
def test_only_what_nobody_can_put_right_is_final(answers, is_final):
    assert any(one.is_final for one in fit.findings(mfa(), answers, waiver_by=None)) is is_final


def test_a_size_outside_the_limits_can_be_waived_while_there_is_time():
    too_much = Answers(amount=Decimal(200_000), duration_months=20)
    in_time = fit.findings(mfa(), too_much, waiver_by=date(2026, 6, 17))
    too_late = fit.findings(mfa(), too_much, waiver_by=None)

    assert {one.mend for one in in_time if one.standing == NOT} == {
        "Change it, or start and ask us for a waiver by 17 June 2026."
    }
    assert {one.mend for one in too_late if one.standing == NOT} == {
        "Change it before you submit. It is too late to ask us for a waiver."
    }
    [fixed] = [
        one for one in fit.findings(cluster(), too_much, waiver_by=date(2026, 6, 17)) if one.rule == "ELIG-05"
    ]
    assert fixed.mend == "Change it before you submit."


def test_a_rule_that_is_not_set_is_not_asked_about(client):
    unknown = competitions.open_now(
        limit_basis="", limit_min=None, limit_max=None, duration_min=None, duration_max=None,
        latest_start_on=None, latest_end_on=None, lead_types=[], subsidy_basis="",
    )  # fmt: skip

    text = client.get(f"/competitions/{unknown.code}/check/").text

    assert not {"ELIG-02", "ELIG-03", "ELIG-06", "ELIG-07", "ELIG-08", "ELIG-15", "ELIG-20"} & {
        one.rule for one in fit.findings(unknown, business(), waiver_by=None)
    }
    assert 'name="project_costs"' not in text and 'name="registered"' not in text


# The pages.


@pytest.fixture
def opened() -> Competition:
    competitions.area()
    return competitions.open_now()


def said(**more) -> dict:
    return {
        "lead_kind": "business",
        "registered": "yes",
        "activity": "active",
        "work_place": str(competitions.area().pk),
        "project_costs": "£80,000",
        "start_on_day": "1",
        "start_on_month": "4",
        "start_on_year": "2036",
        "duration_months": "6",
        "assistance": "0",
        "is_funded": "False",
        "assessed": "never",
        "has_russian_involvement": "False",
        "is_exploited_from_uk": "True",
        **more,
    }


def test_nobody_needs_an_account_for_the_check(client, opened):
    address = f"/competitions/{opened.code}/check/"

    assert client.get(address).status_code == 200
    sent = client.post(address, said())
    text = client.get(sent.url).text

    assert sent.url == f"{address}result/"
    assert "Fits: <strong>11</strong>, Does not fit: <strong>0</strong>" in text
    assert f'href="/competitions/{opened.code}/start/"' in text
    # What was answered stands in the form again.
    assert 'value="£80,000"' in client.get(address).text


def test_answers_stay_while_somebody_signs_in_and_go_into_the_form(client, opened):
    organisation = organisations.organisation()
    client.post(f"/competitions/{opened.code}/check/", said(assessed="once"))
    client.force_login(people.member(organisation))
    start = f"/competitions/{opened.code}/start/"

    assert "Fill in what I answered in the check" in client.get(start).text
    client.post(start, {"organisation": organisation.pk, "carry": "yes"})

    made = Application.objects.get()
    lead = made.participants.get()
    assert (made.start_on, made.duration_months, made.is_resubmission) == (date(2036, 4, 1), 6, True)
    assert (made.has_russian_involvement, made.is_exploited_from_uk) == (False, True)
    assert (lead.work_area, lead.elsewhere) == (competitions.area(), "")
    for page in ("details", "organisation", "declarations"):
        assert client.get(f"/applications/{made.reference}/{page}/").status_code == 200
    # They are used up.
    assert "Fill in what I answered" not in client.get(start).text


def test_a_place_elsewhere_goes_into_the_form(client, opened):
    organisation = organisations.organisation()
    client.force_login(people.member(organisation))
    client.post(f"/competitions/{opened.code}/check/", said(work_place="elsewhere", town="Cardiff"))
    client.post(f"/competitions/{opened.code}/start/", {"organisation": organisation.pk, "carry": "yes"})

    assert Application.objects.get().participants.get().elsewhere == "Cardiff"


def test_whoever_knows_starts_without_the_check_or_without_its_answers(client, opened):
    organisation = organisations.organisation()
    client.force_login(people.member(organisation))
    client.post(f"/competitions/{opened.code}/check/", said())

    client.post(f"/competitions/{opened.code}/start/", {"organisation": organisation.pk})

    assert Application.objects.get().start_on is None


def test_what_cannot_be_put_right_leads_to_no_start_with_these_answers(client, opened):
    organisation = organisations.organisation()
    client.force_login(people.member(organisation))
    address, start = f"/competitions/{opened.code}/check/", f"/competitions/{opened.code}/start/"
    shown = client.get(client.post(address, said(has_russian_involvement="True")).url).text

    refused = client.post(start, {"organisation": organisation.pk, "carry": "yes"})

    assert "no form puts that right" in shown and start not in shown
    assert refused.status_code == 422
    assert "Projects involving Russian entities or goods cannot be funded." in refused.text
    assert not Application.objects.exists()


def test_what_only_breaks_a_limit_can_be_started(client, opened):
    organisation = organisations.organisation()
    client.force_login(people.member(organisation))
    shown = client.get(client.post(f"/competitions/{opened.code}/check/", said(project_costs="1")).url).text

    client.post(f"/competitions/{opened.code}/start/", {"organisation": organisation.pk, "carry": "yes"})

    assert BETWEEN in shown and f"/competitions/{opened.code}/start/" in shown
    assert Application.objects.get().duration_months == 6


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("project_costs", "a lot", "Total project costs must be an amount in pounds, like 1,250"),
        ("start_on_month", "13", "Start date must be a real date"),
        ("duration_months", "0", "Duration in months must be 1 or more"),
        ("work_place", "Atlantis", "Choose where most of the work would happen from the list"),
        ("town", "Cardiff", "Choose “Elsewhere in the UK” above, or leave this empty"),
        ("town", "x" * 101, "must be 100 characters or fewer"),
        ("lead_kind", "king", "from the list"),
        ("has_russian_involvement", "perhaps", "from the list"),
    ],
)
def test_an_answer_that_cannot_be_read_comes_back_with_all_others(client, opened, field, text, says):
    refused = client.post(f"/competitions/{opened.code}/check/", said(**{field: text}))

    assert refused.status_code == 422
    assert says in refused.text
    assert 'value="£80,000"' in refused.text or field == "project_costs"
    assert "fit" not in client.session


def test_a_check_of_nothing_says_that_nothing_was_answered(client, opened):
    text = client.get(client.post(f"/competitions/{opened.code}/check/", {}).url).text

    assert "We can’t say yet: you have answered nothing" in text
    assert "Fits: <strong>0</strong>" in text and "Not answered: <strong>11</strong>" in text


def test_a_competition_that_is_closed_or_hidden_has_no_check(client, opened):
    now = clock.now()
    Competition.objects.filter(pk=opened.pk).update(closes_at=now - timedelta(seconds=1))
    address = f"/competitions/{opened.code}/check/"

    assert client.get(address).url == client.post(address, said()).url == f"/competitions/{opened.code}/"
    assert client.get(f"{address}result/").url == f"/competitions/{opened.code}/"
    Competition.objects.filter(pk=opened.pk).update(stage="set-up", is_listed=False)
    assert client.get(address).status_code == client.post(address, said()).status_code == 404


def test_one_that_opens_soon_can_be_checked_and_not_started(client, opened):
    now = clock.now()
    Competition.objects.filter(pk=opened.pk).update(opens_at=now + timedelta(days=1))

    text = client.get(client.post(f"/competitions/{opened.code}/check/", said()).url).text

    assert "Applications open at" in text and "/start/" not in text


def test_a_browser_keeps_the_answers_of_the_last_few_competitions(client):
    made = [competitions.open_now() for _ in range(7)]
    for one in made:
        client.post(f"/competitions/{one.code}/check/", said())

    assert list(client.session["fit"]) == [one.code for one in made[-5:]]


def test_answers_that_the_rules_no_longer_read_are_asked_again(client, opened):
    client.post(f"/competitions/{opened.code}/check/", said())
    competitions.area().delete()

    assert (
        client.get(f"/competitions/{opened.code}/check/result/").url == f"/competitions/{opened.code}/check/"
    )
