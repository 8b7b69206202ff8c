"""Enterprises asked about Minimal Financial Assistance, and their confirmations."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from applications.models import Application, Competition
from funding import ledger
from funding.models import Award, AwardShare, AwardStatus, MfaRecord, MfaState
from funding.places import Place
from funding.subsidy import mfa
from tests.make import budgets
from tests.make.times import DAY, NOON

ASKED_AT = NOON + 3 * DAY


def released(grant: Decimal | str = "56000.00", *, within: Competition | None = None, **fields) -> Award:
    """An approved award whose decision has been told; ``fields`` are those of the application."""
    within = within or budgets.funded_competition()
    application = budgets.assessed(within, 9, grant=grant, **fields)
    budgets.released(budgets.approved(within))
    return Award.objects.get(application=application)


def asked(award: Award | None = None, *, at: datetime = ASKED_AT) -> MfaRecord:
    """Of an award of one organisation."""
    [record] = mfa.notify(award or released(), by=budgets.fund_manager(), at=at)
    return record


def sum_of(amount: Decimal | str, given_on: date, giver: str = "Mersey Council") -> dict:
    return {"giver": giver, "kind": "mfa", "given_on": given_on, "amount": Decimal(amount)}


def signer(record: MfaRecord):
    return record.share.award.application.started_by


def confirmed(
    award: Award | None = None, earlier: Iterable[dict] = (), *, at: datetime = ASKED_AT
) -> MfaRecord:
    record = asked(award, at=at)
    return mfa.confirm(record, earlier, name="Ada Lovelace", by=signer(record), at=at)


def confirmed_all(award: Award, *, at: datetime = NOON) -> None:
    """Whatever it takes for the award to be accepted, for tests that are about something else."""
    Application.objects.filter(pk=award.application_id, released_at=None).update(released_at=at)
    mfa.notify(award, by=budgets.fund_manager(), at=at)
    asked_for = MfaRecord.objects.standing().filter(share__award=award, state=MfaState.NOTIFIED)
    for record in asked_for.with_names():
        [editor] = record.share.participant.organisation.memberships.filter(may_edit=True)[:1]
        mfa.confirm(record, [], name="Ada Lovelace", by=editor.person, at=at)


def accepted(award: Award, *, at: datetime = ASKED_AT + DAY) -> Award:
    """Give its assistance and commit its money, as accepting an offer does."""
    mfa.give(award, by=award.approved_by, at=at)
    return commit(award, at=at)


def commit(award: Award, *, at: datetime) -> Award:
    award.status = AwardStatus.COMMITTED
    award.save(update_fields=["status"])
    ledger.transfer(
        award,
        award.amount,
        source=Place.RESERVED,
        target=Place.COMMITTED,
        cause=f"award {award.pk} accepted",
        by=award.approved_by,
        at=at,
    )
    return award


def to_be_uploaded(within: Competition | None = None, *, at: datetime = NOON) -> AwardShare:
    """A share above the threshold of the subsidy database, approved at ``at``."""
    within = within or budgets.funded_competition(subsidy_basis="subsidy_control")
    return budgets.award(within, "150000.00", at=at).shares.get()
