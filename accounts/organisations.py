"""Businesses and other bodies: entering their details and keeping them right."""

import logging
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts import audit, company_number, london, postcode, versions
from accounts.models import Membership, Organisation, SizeFigures, User
from accounts.refusals import Refusal

logger = logging.getLogger(__name__)

#: The details that a member enters, and nobody else writes.
DETAILS = ("name", "company_number", "kind", "size", "address", "postcode")


class AlreadyRegistered(Refusal):
    """Another organisation here has this company number."""

    def __init__(self, number: str):
        super().__init__(f"the company number {number} is registered already")
        self.number = number


class MayNotEdit(Refusal):
    """The person is no member who may edit for this organisation."""


@audit.action("enter organisation")
def create(details: dict[str, str], *, by: User, at: datetime) -> Organisation:
    """Enter an organisation with ``by`` as its first member.

    details  ``DETAILS`` by name; company number and postcode in any spelling

    Pressed twice it answers with the one organisation. Raises NotACompanyNumber, NotAPostcode
    and AlreadyRegistered, and writes nothing.
    """
    clean = _clean(details)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    mine = Organisation.objects.editable_by(by).filter(
        name=clean["name"], company_number=clean["company_number"]
    )
    if entered_before := mine.first():
        return entered_before

    organisation = Organisation(**clean, details_confirmed_on=london.day_of(at), version=0)
    organisation.note_save(by=by, at=at)
    _save(organisation)
    Membership.objects.create(organisation=organisation, person=by, may_edit=True, joined_at=at)
    logger.info("organisation entered", extra={"organisation": organisation.pk})
    return organisation


@audit.action("change organisation")
def change(
    organisation: Organisation, details: dict[str, str], *, version: int, by: User, at: datetime
) -> Organisation:
    """Replace the details and note that they were confirmed today.

    version  the version that ``by`` was shown

    Raises MayNotEdit, StaleVersion, NotACompanyNumber, NotAPostcode and AlreadyRegistered, and
    writes nothing. Applications keep the details that they copied when they were started. A size that
    was worked out from figures stays what it is.
    """
    clean = _clean(details)
    current = locked(organisation, by=by)
    if SizeFigures.objects.filter(organisation=current).exists():
        clean["size"] = current.size
    is_same = all(getattr(current, name) == value for name, value in clean.items())
    versions.check(current, version, is_same=is_same)

    for name, value in clean.items():
        setattr(current, name, value)
    current.details_confirmed_on = london.day_of(at)
    current.note_save(by=by, at=at)
    _save(current)
    audit.note(before={"version": version}, after={"version": current.version})
    logger.info("organisation changed", extra={"organisation": current.pk})
    return current


def locked(organisation: Organisation, *, by: User) -> Organisation:
    """The organisation's row, for somebody who may edit it. Raises MayNotEdit."""
    if not Organisation.objects.editable_by(by).filter(pk=organisation.pk).exists():
        raise MayNotEdit
    rows = Organisation.objects.select_for_update(no_key=True, of=["self"]).select_related("saved_by")
    return rows.get(pk=organisation.pk)


def _clean(details: dict[str, str]) -> dict[str, str]:
    clean = {name: details[name] for name in DETAILS}
    clean["name"] = " ".join(clean["name"].split())
    clean["company_number"] = company_number.normalise(number) if (number := clean["company_number"]) else ""
    clean["postcode"] = postcode.normalise(clean["postcode"])
    return clean


def _save(organisation: Organisation) -> None:
    try:
        with transaction.atomic():
            organisation.save()
    except IntegrityError as refusal:
        if "organisation_company_number_is_unique" in str(refusal):
            raise AlreadyRegistered(organisation.company_number) from None
        raise
