"""Offers of the decided rounds: some accepted, some that wait, and the rest for who tries it out."""

from datetime import datetime, timedelta

from accounts.models import User
from applications.models import Competition
from funding.models import Award
from funding.offers import answering, making
from funding.subsidy import mfa

#: Of each round, in the order of the awards.
ACCEPTED, WAITING = 3, 2

CONDITIONS = (
    "Send the signed collaboration agreement, if more than one organisation takes part.",
    "Name a project manager, and a finance contact for each organisation.",
)
ROLE = "Managing director"


def offer(competition: Competition, *, by: User, at: datetime) -> None:
    """Offer five awards of a released round in the last weeks; what nobody answers has weeks left."""
    awards = Award.objects.filter(application__competition=competition).select_related("application")
    for number, award in enumerate(awards.order_by("pk")[: ACCEPTED + WAITING]):
        is_waiting = number >= ACCEPTED
        offered_at = at - timedelta(days=4 if is_waiting else 20, hours=number)
        _confirm_assistance(award, by=by, at=offered_at)
        made = making.make(award, CONDITIONS, by=by, at=offered_at)
        if not is_waiting:
            signer = award.application.started_by
            answering.accept(made, name=str(signer), role=ROLE, by=signer, at=offered_at + timedelta(days=5))


def _confirm_assistance(award: Award, *, by: User, at: datetime) -> None:
    """Where it is Minimal Financial Assistance, each enterprise has confirmed it before the offer."""
    for record in mfa.notify(award, by=by, at=at - timedelta(days=1)):
        editors = record.share.participant.organisation.memberships.filter(may_edit=True)
        person = editors.select_related("person").order_by("pk")[0].person
        mfa.confirm(record, [], name=str(person), by=person, at=at)
