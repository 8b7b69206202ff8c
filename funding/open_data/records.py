"""The record of one recipient's grant, in the words of the 360Giving Data Standard, version 1.4.

Nothing else than the dossier's 10.3 lets be known: organisation, title, public description, grant,
dates and area. No score, cost, percentage, address, postcode or person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from accounts import formats
from accounts.london import day_of
from applications import duration
from applications.models import Application, Area
from funding.models import AwardShare
from funding.open_data.redaction import redacted

VERSION = "1.4"
LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
#: GOV.UK prints its number as RC00818; the register’s numbers have eight characters (assumed: a nought lost).
FUNDER = {"id": "GB-COH-RC000818", "name": "Innovate UK"}
#: Nobody registered this prefix, so that no record of the demonstration can pass for one of a real grant.
DEMONSTRATION = "demonstration"
INVENTED_FUNDER = {"id": f"360G-{DEMONSTRATION}-ORG-funder", "name": "Invented funder (demonstration)"}
#: By the beginning of an ONS code: unitary authority of England or of Wales, metropolitan and
#: non-metropolitan district.
KINDS_OF_AREA = {"E06": "UA", "E07": "NMD", "E08": "MD", "W06": "UA"}

Grant = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a record is written from, beside its share.

    number       the place of the recipient among the application's organisations, the lead's 1
    description  the answer to the question for the public description
    others       the places of the other recipients that are published with it
    changed_at   when something that the record says last changed
    ended_at     when the award ended, of one that was public before; None while it lives
    """

    number: int
    description: str
    others: Sequence[int]
    changed_at: datetime
    ended_at: datetime | None


def prefix(*, of_demonstration: bool) -> str:
    """The publisher's, as 360Giving registered it; empty where the setting is not made."""
    return DEMONSTRATION if of_demonstration else settings.GRANT_ID_PREFIX


def identifier(application: Application, number: int) -> str:
    """Worked: 360G-prefix-LP-2023-0042-1. The same in every publication."""
    own = prefix(of_demonstration=application.competition.is_demonstration)
    return f"360G-{own}-{application.reference}-{number}".replace(" ", "_").replace("/", "-")


def grant(share: AwardShare, facts: Facts) -> tuple[Grant, tuple[str, ...]]:
    """The record, and what was taken out of its texts.

    Of an award that ended the sum is nought, so that sums over the file are of what is given; its
    description says what had been awarded.
    """
    application = share.award.application
    competition = application.competition
    title, description = redacted(application.title), redacted(facts.description or application.title)
    text, amount = description.text, share.grant
    if facts.ended_at is not None:
        sum_, day = formats.pounds(amount), formats.local_day(facts.ended_at)
        text = f"{text}\n\nWithdrawn on {day}: the grant of {sum_} is not given."
        amount = Decimal(0)
    others = [identifier(application, one) for one in facts.others]
    record: Grant = {
        "id": identifier(application, facts.number),
        "title": title.text or f"Grant to {share.participant.name}",
        "description": text,
        "currency": "GBP",
        "amountAwarded": amount,
        "awardDate": day_of(share.award.made_at).isoformat(),
        "recipientOrganization": [_recipient(share)],
        "fundingOrganization": [INVENTED_FUNDER if competition.is_demonstration else FUNDER],
        "grantProgramme": [{"code": competition.code, "title": competition.title}],
        **_dates(application),
        **_place(share),
        "fromOpenCall": "Yes",
        **({"relatedActivity": others} if others else {}),
        "dateModified": moment(facts.changed_at),
        **({"withdrawnOn": day_of(facts.ended_at).isoformat()} if facts.ended_at else {}),
    }
    return record, (*title.removed, *description.removed)


def moment(at: datetime) -> str:
    """Worked: 2026-11-30T12:00:00Z."""
    return f"{at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat()}Z"


def _recipient(share: AwardShare) -> dict[str, str]:
    """By its number in the company register; of the demonstration never, since a real company may have it."""
    taking_part = share.participant
    is_demonstration = share.award.application.competition.is_demonstration
    if taking_part.company_number and not is_demonstration:
        number = taking_part.company_number
        return {"id": f"GB-COH-{number}", "name": taking_part.name, "companyNumber": number}
    own = prefix(of_demonstration=is_demonstration)
    return {"id": f"360G-{own}-ORG-{taking_part.organisation_id}", "name": taking_part.name}


def _dates(application: Application) -> Grant:
    if application.start_on is None or application.duration_months is None:
        return {}
    ends = duration.last_day(application.start_on, application.duration_months)
    dates = {"startDate": application.start_on.isoformat(), "endDate": ends.isoformat()}
    return {"plannedDates": [dates]}


def _place(share: AwardShare) -> Grant:
    """The local authority area where the recipient does most of its work, else the region."""
    area: Area | None = share.participant.work_area
    if area is None:
        region = share.award.application.competition.region.name
        return {"beneficiaryLocation": [{"name": region, "countryCode": "GB"}]}
    kind = KINDS_OF_AREA.get(area.code[:3])
    code = {"geoCode": area.code, "geoCodeType": kind} if kind else {}
    return {"beneficiaryLocation": [{"name": area.name, "countryCode": "GB", **code}]}
