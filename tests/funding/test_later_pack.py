"""The decision pack of later money: worked out again from the file alone, and every change of it seen."""

import copy
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from funding import deciding, later_money
from funding.models import Allocation
from funding.scenarios import later_pack, later_verifying
from tests import decision_presses
from tests.make import budgets, office, people
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

LATER = NOON + 2 * DAY


def raised() -> Allocation:
    made = budgets.released(decision_presses.with_reserve(), at=LATER)
    application = made.lines.get(position=3).application
    return later_money.raise_up(application, "Money came back.", by=budgets.fund_manager(), at=LATER)


def packed() -> dict[str, Any]:
    made = deciding.approve(raised(), by=budgets.approver(), at=LATER + DAY)
    # What is awarded afterwards changes nothing of what there was.
    budgets.award(made.competitions.get())
    return json.loads(json.dumps(later_pack.of(made)))


def leaves(value: Any, path: tuple = ()) -> Iterator[tuple]:
    """Where each single value of a pack stands; an empty list is one too."""
    if isinstance(value, dict | list) and value:
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(one, (*path, key))
    else:
        yield path


def altered(pack: dict, path: tuple) -> dict:
    other = copy.deepcopy(pack)
    *way, last = path
    there = other
    for key in way:
        there = there[key]
    was = there[last]
    there[last] = was + 1 if isinstance(was, int) else [*was, "x"] if isinstance(was, list) else f"{was}1"
    return other


def resealed(pack: dict, **changed: dict) -> dict:
    """With other inputs, and the fingerprint of them: as somebody would who knows how it is counted."""
    other = copy.deepcopy(pack)
    for name, values in changed.items():
        other["inputs"][name] |= values
    other["fingerprint"] = later_pack.fingerprint_of(other["inputs"], other["answer"])
    return other


def test_the_file_alone_comes_to_the_same_award_and_says_what_each_budget_had(django_assert_num_queries):
    pack = packed()

    with django_assert_num_queries(0):
        assert later_verifying.differences(pack) == []
    assert [one["kind"] for one in pack["inputs"]["budgets"]] == ["programme", "region", "pot"]
    # One award of £56,000 was there before.
    pot = pack["inputs"]["budgets"][2]
    assert Decimal(pot["available"]) - Decimal(pack["answer"]["left"][pot["code"]]) == Decimal("56000.00")
    assert pack["answer"]["award"]["amount"] == "56000.00"


def test_each_value_of_it_that_is_altered_is_seen():
    pack = packed()
    paths = [path for path in leaves(pack) if path[0] not in ("form", "versions")]

    unseen = [path for path in paths if not later_verifying.differences(altered(pack, path))]

    assert len(paths) > 30
    assert unseen == []


def test_what_the_rule_does_not_allow_is_seen_under_a_fingerprint_of_its_own():
    pack = packed()
    proposer = pack["inputs"]["proposal"]["proposed_by"]
    short = resealed(pack)
    short["inputs"]["budgets"][2]["available"] = "55999.99"
    short = resealed(short)
    missing = resealed(pack)
    missing["inputs"]["budgets"].pop()
    missing = resealed(missing)
    wrong = {
        "does not fit": short,
        "not those that an award draws on": missing,
        "One person": resealed(pack, decision={"decided_by": proposer}),
        "before it was proposed": resealed(pack, decision={"decided_at": NOON.isoformat()}),
        "not what the inputs come to": resealed(pack, proposal={"amount": "57000.00"}),
        "another application": resealed(pack, proposal={"application": "LP-0000-0000"}),
        "What was decided": resealed(pack, decision={"state": "refused"}),
    }

    for said, one in wrong.items():
        assert any(said in sentence for sentence in later_verifying.differences(one)), said


def test_a_refusal_has_its_pack_and_a_proposal_has_none():
    waiting = raised()
    with pytest.raises(later_pack.NotDecided):
        later_pack.of(waiting)
    made = deciding.refuse(waiting, "Not this one.", by=budgets.approver(), at=LATER + DAY)

    pack = json.loads(json.dumps(later_pack.of(made)))

    assert (pack["answer"]["award"], later_verifying.differences(pack)) == (None, [])
    reason = resealed(pack, decision={"state": "approved"})
    assert later_verifying.differences(reason)


def test_it_is_downloaded_from_the_allocation_and_checked_by_the_command(tmp_path, capsys):
    made = deciding.approve(raised(), by=budgets.approver(), at=LATER + DAY)
    browser = office.sign_in(budgets.fund_manager())
    page = browser.get(f"/admin/funding/allocation/{made.pk}/change/").text
    file = tmp_path / "pack.json"

    file.write_bytes(browser.get(f"/admin/funding/allocation/{made.pk}/pack.json").content)
    call_command("verify_decision", str(file))

    said = capsys.readouterr().out
    pack = json.loads(file.read_text())
    assert pack["fingerprint"] in said and pack["fingerprint"] in page
    pack["inputs"]["proposal"]["amount"] = "1.00"
    file.write_text(json.dumps(pack))
    with pytest.raises(CommandError, match="not those of their fingerprint"):
        call_command("verify_decision", str(file))
    # It names the programme's money: not for a region's people.
    region = made.competitions.get().region
    of_region = office.sign_in(people.user(people.Role.FUNDS, region=region))
    assert of_region.get(f"/admin/funding/allocation/{made.pk}/pack.json").status_code == 403
