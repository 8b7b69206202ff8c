"""The offer letter: its template filled, kept as text that says the same for good."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings

from accounts import letters
from accounts.formats import local_day, percent, pounds
from accounts.letters import Facts, Heading, Paragraph, Part, Points
from accounts.london import day_of
from applications.models import Application, Participant
from funding.models import Award, AwardShare, LetterTemplate, Offer
from funding.offers import letter_templates

#: What the page and the document call each kind of part.
KINDS = {kind.name: kind for kind in (Heading, Paragraph, Points, Facts)}

#: Of the invented award that a template is shown with.
REFERENCE = "LP-EXAMPLE"

NO_CONDITIONS = "There are no conditions beside the terms below."
ASSISTANCE = "minimal_financial_assistance"
#: What is said of the law that the grant is given under, by its basis.
BASES = {
    ASSISTANCE: "The grant is Minimal Financial Assistance under the Subsidy Control Act 2022. An "
    "organisation, with all companies of its group, can have up to £315,000 of it in this financial year "
    "and the two before it.",
    "subsidy_control": "The grant is a subsidy under the Subsidy Control Act 2022.",
}


def text(
    award: Award,
    conditions: Sequence[str],
    *,
    template: LetterTemplate,
    issued_at: datetime,
    expires_at: datetime,
) -> str:
    """What the letter says, as JSON: what the template, the award and the conditions make of it now.

    award  read with its application and competition
    """
    application = award.application
    return _said(
        template,
        _values(award, conditions, issued_at, expires_at),
        reference=application.reference,
        organisation=_lead(application).name,
        issued_on=local_day(issued_at),
        conditions=list(conditions),
    )


def sample(template: LetterTemplate, *, at: datetime) -> str:
    """The letter of an invented award, as JSON: to be looked at before its texts are used."""
    values: dict[str, str | Part] = {one.name: one.invented for one in letter_templates.KNOWN}
    conditions = ["Name a project manager.", "Send the agreement of all partners."]
    day = local_day(at)
    values["facts"] = Facts(
        (
            ("To", str(values["lead"])),
            ("Reference", REFERENCE),
            ("Project", str(values["project"])),
            ("Date of this letter", day),
            ("Grant", str(values["grant"])),
        )
    )
    values["shares"] = Facts(((str(values["lead"]), "Up to £74,500, 70% of its eligible costs"),))
    values["conditions"] = Points(tuple(conditions))
    return _said(
        template,
        values,
        reference=REFERENCE,
        organisation=str(values["lead"]),
        issued_on=day,
        conditions=conditions,
    )


def _said(template: LetterTemplate, values: letters.Values, *, reference: str, **more) -> str:
    said = {
        "version": template.name,
        "title": f"Grant offer letter for {reference}",
        "reference": reference,
        **more,
        "parts": [_kept(part) for part in letters.parts(template.body, values)],
    }
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False)


def fingerprint(of_text: str) -> str:
    return hashlib.sha256(of_text.encode()).hexdigest()


def in_groups(code: str) -> str:
    """A fingerprint as people read it, sixteen signs at a time."""
    return " ".join(code[place : place + 16] for place in range(0, len(code), 16))


def read(of_text: str) -> dict:
    """The letter to be shown: as kept, with ``parts`` that know how they are printed."""
    said = json.loads(of_text)
    return {**said, "parts": [_part(name, content) for name, content in said["parts"]]}


def last_day(offer: Offer) -> str:
    """The last day on which it can be answered, in words."""
    return local_day(last_date(offer))


def last_date(offer: Offer) -> date:
    return day_of(offer.expires_at - timedelta(seconds=1))


def _values(
    award: Award, conditions: Sequence[str], issued_at: datetime, expires_at: datetime
) -> letters.Values:
    application = award.application
    lead = _lead(application)
    shares = list(award.shares.select_related("participant").order_by("-participant__is_lead", "pk"))
    others = len([share for share in shares if not share.participant.is_lead])
    return {
        "facts": Facts(
            (
                ("To", lead.name),
                ("Reference", application.reference),
                ("Project", application.title),
                ("Competition", str(application.competition)),
                ("Date of this letter", local_day(issued_at)),
                ("Grant", pounds(award.amount)),
            )
        ),
        "lead": lead.name,
        "to": f"{lead.name} and its partners" if others else lead.name,
        "grant": pounds(award.amount),
        "project": application.title,
        "shares": Facts(tuple((share.participant.name, _share(share)) for share in shares)),
        "subsidy": "\n".join(dict.fromkeys(BASES.get(share.subsidy_basis, "") for share in shares)),
        "conditions": Points(tuple(conditions)) if conditions else Paragraph(NO_CONDITIONS),
        "address": f"{settings.SITE_URL}/offers/",
        "last_day": local_day(expires_at - timedelta(seconds=1)),
    }


def _lead(application: Application) -> Participant:
    return application.participants.get(is_lead=True)


def _share(share: AwardShare) -> str:
    return f"Up to {pounds(share.grant)}, {percent(share.percentage)} of its eligible costs"


def _kept(part: Part) -> tuple[str, object]:
    if isinstance(part, Points):
        return part.name, part.items
    if isinstance(part, Facts):
        return part.name, part.rows
    return part.name, str(part)


def _part(name: str, content) -> Part:
    if name == Points.name:
        return Points(tuple(content))
    if name == Facts.name:
        return Facts(tuple((label, value) for label, value in content))
    return KINDS[name](content)
