"""What an applicant's page says of assistance that its lead organisation has to confirm."""

from collections.abc import Iterable

from django.urls import reverse

from applications.models import Application
from applications.outcome import Step
from funding.models import MfaRecord, MfaState


def of(application: Application) -> Iterable[Step]:
    """The lead's; a partner finds its own in its notifications."""
    records = MfaRecord.objects.standing().filter(
        share__award__application=application, share__participant__is_lead=True
    )
    for record in records.exclude(state=MfaState.UNDONE):
        address = reverse("assistance:detail", args=[record.pk])
        if record.state == MfaState.NOTIFIED:
            yield Step(
                says="The grant is Minimal Financial Assistance. Confirm that you stay within its limit.",
                link="Read the notice and confirm",
                address=address,
                is_open=True,
            )
        else:
            yield Step(
                says="The grant is Minimal Financial Assistance, which you confirmed.",
                link="See what you confirmed",
                address=address,
            )
