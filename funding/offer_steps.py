"""What an applicant's page says of the offer of a successful application, and where it is answered."""

from collections.abc import Iterable

from django.urls import reverse

from accounts.formats import local_day
from applications.models import Application
from applications.outcome import Step
from applications.workflow import Status
from funding.models import AwardEnding, Offer, OfferState
from funding.offers import letter

SAYS = {
    OfferState.ACCEPTED: "Your offer was accepted on {answered_on}.",
    OfferState.DECLINED: "Your offer was declined on {answered_on}. The money has returned to the programme.",
    OfferState.LAPSED: "Nobody answered your offer by {last_day}, so it has lapsed.",
    OfferState.WITHDRAWN: "Your offer was withdrawn on {answered_on}. If another follows, we write to you.",
}


def ended_of(application: Application) -> AwardEnding | None:
    """The approved end of its award, where it holds none since."""
    if application.awards.live().exists():
        return None
    return AwardEnding.objects.approved().filter(award__application=application).order_by("-pk").first()


def of(application: Application) -> Iterable[Step]:
    """The latest offer of it, or the end of its award; nothing where none was made."""
    if application.status != Status.SUCCESSFUL:
        return
    made = (
        Offer.objects.filter(award__application=application).select_related("answer").order_by("-pk").first()
    )
    if (ended := ended_of(application)) is not None:
        yield Step(
            says=f"Your award ended on {local_day(ended.decided_at)}, and its money has returned to the "
            f"programme. The reason: {ended.reason}",
            link="See the offer" if made else "",
            address=reverse("offers:detail", args=[made.pk]) if made else "",
        )
        return
    if made is None:
        return
    address, last_day = reverse("offers:detail", args=[made.pk]), letter.last_day(made)
    if made.is_waiting:
        yield Step(
            says=f"Your offer is ready. Read it, and accept or decline it by {last_day}.",
            link="Read and answer the offer",
            address=address,
            is_open=True,
        )
        return
    answered_on = local_day(made.answer.answered_at)
    says = SAYS[OfferState(made.state)].format(answered_on=answered_on, last_day=last_day)
    yield Step(says=says, link="See the offer", address=address)
