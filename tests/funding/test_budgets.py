"""Which budgets a competition draws on, and what that binds it to while it is still set up."""

from decimal import Decimal

import pytest

from accounts.models import AuditEntry
from applications import setting_up
from applications.models import Competition, PotSharing, Stage
from funding import budgets as drawing
from funding.models import BudgetKind
from tests import presses
from tests.make import budgets, competitions, office, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


def drawn_in_set_up(**fields) -> Competition:
    made = competitions.competition(stage=Stage.SET_UP, **fields)
    is_parted = fields.get("pot_sharing") == PotSharing.PARTS
    budgets.drawn(made, part=budgets.budget(BudgetKind.PART, fields["pot_part"]) if is_parted else None)
    return Competition.objects.get(pk=made.pk)


PARTED = {"pot_sharing": PotSharing.PARTS, "pot_part": Decimal("100000.00")}
CHANGES = {
    "region": ({}, lambda: {"region": competitions.region("TV", "Tees Valley")}),
    "pot": ({}, lambda: {"pot": "R2"}),
    "pot_sharing": ({}, lambda: PARTED),
    "pot_sharing given up": (PARTED, lambda: {"pot_sharing": PotSharing.ALONE, "pot_part": None}),
    "pot_part": (PARTED, lambda: {"pot_part": Decimal("100000.01")}),
}
every_change = pytest.mark.parametrize("change", CHANGES)


@every_change
def test_what_the_budgets_were_drawn_up_for_stays(change):
    before, fields = CHANGES[change]
    made = drawn_in_set_up(**before)
    for name, value in fields().items():
        setattr(made, name, value)

    with pytest.raises(setting_up.RulesAreBound) as refusal:
        setting_up.change(made, by=people.manager(), at=NOON)

    field = change.split()[0]
    assert list(refusal.value.problems) == [field]
    assert AuditEntry.objects.get(action="change competition").after == {"fields": [field]}
    assert Competition.objects.get(pk=made.pk).version == 1


@every_change
def test_without_budgets_it_may_still_change(change):
    before, fields = CHANGES[change]
    made = competitions.competition(stage=Stage.SET_UP, **before)
    for name, value in fields().items():
        setattr(made, name, value)

    setting_up.change(made, by=people.manager(), at=NOON)

    assert Competition.objects.get(pk=made.pk).version == 2


def test_sharing_a_pot_alone_or_in_one_list_draws_on_the_same_budgets():
    made = drawn_in_set_up(pot_sharing="")
    made.pot_sharing = PotSharing.MERGED

    setting_up.change(made, by=people.manager(), at=NOON)

    assert Competition.objects.get(pk=made.pk).pot_sharing == PotSharing.MERGED


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"region": "TV"}, "draws on the budget of Liverpool City Region, so its region must stay that."),
        ({"pot": "R2"}, "so its pot must stay that."),
        ({"pot_sharing": "parts", "pot_part": "5"}, "it cannot take one."),
    ],
)
def test_the_page_says_so_at_the_field_and_keeps_what_was_typed(typed, sentence):
    made = drawn_in_set_up()
    if "region" in typed:
        typed = {"region": str(competitions.region("TV", "Tees Valley").pk)}
    page = f"/admin/applications/competition/{made.pk}/change/"

    browser, address, fields = presses.form_of(
        office.sign_in(people.manager()), page, having="pot", summary="Typed before.", **typed
    )
    answer = browser.post(address, fields)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Typed before." in answer.text
    assert Competition.objects.get(pk=made.pk).version == 1


def test_a_pot_of_another_name_is_not_drawn_on():
    made = competitions.competition(stage=Stage.SET_UP, pot="R2")
    region, programme = budgets.budget(BudgetKind.REGION, region=made.region), budgets.budget("programme")

    with pytest.raises(drawing.DrawRefused, match="not the budget of the pot R2"):
        drawing.draw(made, programme, region, budgets.budget())
