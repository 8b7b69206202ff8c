"""What the desk is shown: lines of costs, places of work, earlier proposals, and how much was written."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.roles import Role
from applications.desk import cost_words, earlier, evidence, texts
from applications.desk.checks import Check
from applications.models import Application, Category, CostLine, OtherFunding, Strand
from applications.workflow import Status
from tests.make import applications as make
from tests.make import competitions, organisations, people
from tests.make.times import DAY

PROSE = (
    "Foundries lose a third of their heat to the air. Our recuperator catches that heat with woven ceramic "
    "threads which bend instead of cracking, so that small furnaces can be fitted within one shift. "
    "Partners in Widnes supply the thread and two foundries test it through a whole winter of casting."
)


def line(**fields) -> CostLine:
    return CostLine(
        **{"category": Category.OTHER, "description": "A thing", "amount": Decimal(100), **fields}
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"description": "Solicitor for the contract"}, "legal"),
        ({"description": "Year-end AUDIT"}, "audit"),
        ({"description": "Marketing launch"}, "marketing"),
        ({"description": "Materials", "detail": "plus VAT"}, "VAT"),
        ({"category": Category.LABOUR, "description": "Engineer with bonus"}, "bonuses"),
        ({"category": Category.TRAVEL, "description": "Business class to Leeds"}, "cheapest"),
        ({"description": "Patent filing", "amount": Decimal(7_501)}, "patents"),
        ({"category": Category.CAPITAL, "utilisation": Decimal(100), "residual_value": Decimal(0)}, "use"),
        ({"category": Category.SUBCONTRACTING, "country": "France"}, "France"),
    ],
)
def test_a_line_that_looks_as_if_it_could_not_be_paid_for_is_shown(fields, said):
    assert any(said in doubt for doubt in cost_words.doubts(line(**fields)))


@pytest.mark.parametrize(
    "fields",
    [
        {"description": "Legalised steel, salesforce tools, auditorium"},
        {"description": "Patent filing", "amount": Decimal(7_500)},
        {"description": "Training of operators"},
        {"category": Category.SUBCONTRACTING, "country": "the United Kingdom"},
        {"category": Category.SUBCONTRACTING, "country": "Wales "},
    ],
)
def test_other_lines_are_not(fields):
    assert cost_words.doubts(line(**fields)) == []


@given(st.text(), st.text())
def test_likeness_is_the_same_both_ways_and_whole_with_itself(one, other):
    first, second = texts.shingles(one), texts.shingles(other)

    assert texts.likeness(first, second) == texts.likeness(second, first)
    assert 0 <= texts.likeness(first, second) <= 1
    assert texts.likeness(first, first) == (1 if first else 0)


def saying(text: str, *, organisation=None, days: int = 7, status=Status.SUBMITTED, **fields) -> Application:
    """An application whose summary and scope say ``text``, submitted so many days before the close."""
    within = fields.pop("within", None) or competitions.closed_competition()
    moment = within.closes_at - days * DAY
    made = make.application(status, within, organisation, submitted_at=moment, **fields)
    made.answers.filter(question__key__in=("project-summary", "scope")).update(text=text)
    return made


def found(application, reader=None) -> dict[str, evidence.Evidence]:
    rows = Application.objects.filter(pk=application.pk).select_related("competition__region")
    return {
        one.check: one for one in evidence.of(list(rows), reader=reader or people.manager())[application.pk]
    }


def said(one: evidence.Evidence) -> str:
    return " ".join(f"{point.text} {point.other.reference if point.other else ''}" for point in one.points)


@pytest.mark.django_db
def test_a_proposal_that_says_much_the_same_is_found_whoever_wrote_it():
    before = saying(PROSE, days=20, title="Heat from foundries")
    after = saying(PROSE.replace("winter", "summer"), title="Foundry heat")
    saying("Something else about boats and tides that nobody has written before.", days=21, title="Boats")

    one = found(after)[Check.RESUBMISSION]

    assert one.is_flagged and [point.other.pk for point in one.points if point.other] == [before.pk]
    # Not the later one, looked at from the earlier.
    assert not found(before)[Check.RESUBMISSION].is_flagged


@pytest.mark.django_db
def test_a_second_time_is_flagged_though_the_applicant_said_so():
    saying(PROSE, days=30)
    once = saying(PROSE, days=20, is_resubmission=True, earlier_reference="LP-0001")
    assert not found(once)[Check.RESUBMISSION].is_flagged

    twice = saying(PROSE, days=10, is_resubmission=True, earlier_reference="LP-0001")

    assert "submitted 2 times before" in said(found(twice)[Check.RESUBMISSION])
    assert found(twice)[Check.RESUBMISSION].is_flagged


@pytest.mark.django_db
def test_earlier_applications_are_found_by_company_number_and_tell_of_awards():
    before = saying("About boats.", days=20, status=Status.SUCCESSFUL, title="Boats")
    same = make.lead(before)
    other = organisations.organisation()
    after = saying(PROSE, organisation=other)
    make.lead(after).__class__.objects.filter(application=after).update(company_number=same.company_number)

    shown = found(after)

    assert before.reference in said(shown[Check.RESUBMISSION])
    assert shown[Check.EARLIER_TERMS].is_flagged
    assert not shown[Check.FUNDED_ALREADY].is_flagged


@pytest.mark.django_db
def test_other_money_and_a_funded_twin_are_shown():
    saying(PROSE, days=20, status=Status.SUCCESSFUL)
    after = saying(PROSE)
    OtherFunding.objects.create(participant=make.lead(after), source="A county fund", amount=Decimal(500))

    shown = said(found(after)[Check.FUNDED_ALREADY])

    assert "A county fund, £500" in shown and "Funded, with much the same text" in shown


@pytest.mark.django_db
def test_nothing_of_a_region_that_the_reader_does_not_work_in_is_named():
    tees = competitions.region("TV", "Tees Valley")
    before = saying(PROSE, days=20, within=competitions.closed_competition(region=tees))
    after = saying(PROSE)

    shown = said(found(after, people.user(Role.MANAGER, region=after.competition.region))[Check.RESUBMISSION])

    assert before.reference not in shown
    assert "in a region that you do not work in, 100% of it shared" in shown


@pytest.mark.django_db
def test_short_and_repeated_answers_and_a_place_elsewhere_are_shown():
    entry = saying("Short.")
    make.lead(entry).__class__.objects.filter(application=entry).update(work_area=None, elsewhere="Leeds")

    shown = found(entry)

    assert "Scope: 1 of 400 words." in said(shown[Check.ANSWERS])
    assert "Project summary and Scope say the same." in said(shown[Check.ANSWERS])
    assert "works in Leeds, outside Liverpool City Region" in said(shown[Check.ACTIVITY])
    assert shown[Check.ACTIVITY].is_flagged


@pytest.mark.django_db
def test_a_cluster_is_asked_where_its_work_is_done():
    entry = saying(PROSE, within=competitions.closed_competition(strand=Strand.CLUSTER))
    CostLine.objects.create(
        participant=make.lead(entry), category=Category.SUBCONTRACTING, description="Tests",
        country="Norway", amount=Decimal(10),
    )  # fmt: skip

    shown = found(entry)

    assert Check.ACTIVITY not in shown and shown[Check.PLACE].is_flagged
    assert "in Norway" in said(shown[Check.PLACE])


@pytest.mark.django_db
def test_it_takes_as_many_queries_for_many_as_for_one(django_assert_max_num_queries):
    reader = people.manager()
    assert reader.roles_in(None)
    made = [saying(PROSE, days=number + 1).pk for number in range(6)]
    rows = list(Application.objects.filter(pk__in=made).select_related("competition__region"))

    with django_assert_max_num_queries(8):
        evidence.of(rows, reader=reader)


@pytest.mark.django_db
def test_of_more_than_are_compared_the_latest_are(monkeypatch):
    monkeypatch.setattr(earlier, "MOST_COMPARED", 2)
    before = [saying(PROSE, days=30 - number) for number in range(5)]
    asked = saying(PROSE, days=10)

    rows = Application.objects.prefetch_related("answers__question").filter(pk=asked.pk)

    assert {one.pk for one in earlier.alike(list(rows))[asked.pk]} == {one.pk for one in before[-2:]}
