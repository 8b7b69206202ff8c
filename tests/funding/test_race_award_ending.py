"""Two approvers at the same moment at the end of one award: it ends once, and its money comes back once."""

import pytest

from accounts.models import Notification, User
from funding import award_endings, ledger
from funding.models import Award, AwardEnding, AwardStatus, Transfer
from funding.places import Place
from tests.funding import racing
from tests.funding.racing import rows
from tests.make import budgets, offers

pytestmark = [pytest.mark.slow, pytest.mark.proves, pytest.mark.xdist_group("races")]


def job(ending_id: int, approver_id: int) -> str:
    racing.get_ready()
    ending = AwardEnding.objects.get(pk=ending_id)
    award_endings.approve(ending, by=User.objects.get(pk=approver_id), at=offers.OFFERED_AT)
    return "ended"


def test_of_two_approvals_at_once_one_has_an_effect(committed_database):
    ending = offers.ending(offers.accepted())
    both = [(ending.pk, budgets.approver().pk) for _ in range(2)]

    run = racing.race(job, both, hold=rows(Award.objects.filter(pk=ending.award_id)))

    assert (run.waiters, sorted(run.answers)) == (2, ["EndingDecided", "ended"])
    assert Award.objects.get(pk=ending.award_id).status == AwardStatus.ENDED
    back = Transfer.objects.filter(award=ending.award_id, target=Place.AVAILABLE)
    assert back.count() == len(ending.award.budgets.budget_ids)
    assert Notification.objects.filter(kind="award_ended").count() == 1
    assert ledger.recount() == []
