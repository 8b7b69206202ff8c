"""The files of a publication: its JSON as it is kept, and the table and its description written from that.

The same publication gives the same bytes. The table has the column titles of 360Giving's spreadsheets.
"""

import csv
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.exports.columns import LINE_END, inert_text
from funding.models import OpenDataPublication
from funding.open_data import written
from funding.open_data.records import LICENCE, Grant

JSON, CSV, DESCRIPTION = "360giving.json", "360giving.csv", "datapackage.json"
MEDIA_TYPES = {JSON: "application/json", CSV: "text/csv; charset=utf-8", DESCRIPTION: "application/json"}
#: Between several identifiers in one cell.
BETWEEN = ";"


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the table.

    path  where its value is in a record: the names on the way, of lists the first
    kind  as a Table Schema names it
    """

    title: str
    path: tuple[str, ...]
    about: str
    kind: str = "string"


FIELDS = (
    Field("Identifier", ("id",), "Of this grant; the same in every publication."),
    Field("Title", ("title",), "The project’s title."),
    Field("Description", ("description",), "What the project says of itself to the public."),
    Field("Currency", ("currency",), "Always GBP."),
    Field("Amount Awarded", ("amountAwarded",), "The grant, in pounds; nought where withdrawn.", "number"),
    Field("Award Date", ("awardDate",), "The day on which the award was approved.", "date"),
    Field(
        "Recipient Org:Identifier", ("recipientOrganization", "id"), "By its company number, else our own."
    ),
    Field("Recipient Org:Name", ("recipientOrganization", "name"), "As it was named when it applied."),
    Field("Recipient Org:Company Number", ("recipientOrganization", "companyNumber"), "Where it has one."),
    Field("Funding Org:Identifier", ("fundingOrganization", "id"), "Of the funder."),
    Field("Funding Org:Name", ("fundingOrganization", "name"), "The funder."),
    Field("Grant Programme:Code", ("grantProgramme", "code"), "The competition’s code."),
    Field("Grant Programme:Title", ("grantProgramme", "title"), "The competition."),
    Field("Planned Dates:Start Date", ("plannedDates", "startDate"), "The project’s first day.", "date"),
    Field("Planned Dates:End Date", ("plannedDates", "endDate"), "The project’s last day.", "date"),
    Field(
        "Beneficiary Location:Name",
        ("beneficiaryLocation", "name"),
        "The local authority area where the recipient does most of its work, or the region.",
    ),
    Field("Beneficiary Location:Country Code", ("beneficiaryLocation", "countryCode"), "Always GB."),
    Field("Beneficiary Location:Geographic Code", ("beneficiaryLocation", "geoCode"), "The area’s ONS code."),
    Field(
        "Beneficiary Location:Geographic Code Type",
        ("beneficiaryLocation", "geoCodeType"),
        "UA, MD or NMD: unitary authority, metropolitan or non-metropolitan district.",
    ),
    Field("From An Open Call?", ("fromOpenCall",), "Always Yes."),
    Field(
        "Related Activity",
        ("relatedActivity",),
        "The identifiers of the other grants of the project, with a semicolon between them.",
    ),
    Field("Last Modified", ("dateModified",), "When something of this record last changed.", "datetime"),
    Field(
        "Withdrawn On",
        ("withdrawnOn",),
        "When the award ended. A field of our own.",
        "date",
    ),
)


def data_of(publication: OpenDataPublication) -> dict[str, Any]:
    return written.read(publication.contents)


def as_json(publication: OpenDataPublication) -> bytes:
    return publication.contents.encode()


def as_csv(publication: OpenDataPublication) -> bytes:
    """Every text is inert; sums are plain digits. No byte order mark: the description says UTF-8."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator=LINE_END)
    rows.writerow([field.title for field in FIELDS])
    for grant in data_of(publication)["grants"]:
        rows.writerow([_cell(grant, field) for field in FIELDS])
    return text.getvalue().encode()


def as_description(publication: OpenDataPublication) -> bytes:
    """A Frictionless Data Package: what the two files are, how large, and their fingerprints."""
    about = data_of(publication)
    kind = "demonstration-" if publication.of_demonstration else ""
    package = {
        "profile": "data-package",
        "name": f"launchpad-grants-{kind}{publication.pk}",
        "title": about["title"],
        "description": about["description"],
        "version": str(publication.pk),
        "created": about["modified"],
        "licenses": [
            {"name": "OGL-UK-3.0", "path": LICENCE, "title": "Open Government Licence v3.0"},
        ],
        "resources": [
            {
                "name": "grants-json",
                "title": "360Giving JSON",
                "profile": "data-resource",
                **_file(JSON, as_json(publication)),
            },
            {
                "name": "grants-csv",
                "title": "360Giving CSV",
                "profile": "tabular-data-resource",
                **_file(CSV, as_csv(publication)),
                "dialect": {"delimiter": ",", "lineTerminator": LINE_END},
                "schema": {
                    "fields": [
                        {
                            "name": field.title,
                            "type": field.kind,
                            "description": field.about,
                        }
                        for field in FIELDS
                    ],
                    "primaryKey": ["Identifier"],
                },
            },
        ],
    }
    return f"{written.as_json(package)}\n".encode()


WRITERS: dict[str, Callable[[OpenDataPublication], bytes]] = {
    JSON: as_json,
    CSV: as_csv,
    DESCRIPTION: as_description,
}


def sizes(publication: OpenDataPublication) -> dict[str, int]:
    """How many bytes each file of it has."""
    return {name: len(write(publication)) for name, write in WRITERS.items()}


def _file(name: str, data: bytes) -> dict[str, Any]:
    media_type = MEDIA_TYPES[name].partition(";")[0]
    return {
        "path": name,
        "format": name.rpartition(".")[2],
        "mediatype": media_type,
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
    }


def cells(grant: Grant) -> list[tuple[Field, str]]:
    """What each column has of a record, as people read it; columns without a value are left out."""
    return [(field, text) for field in FIELDS if (text := _cell(grant, field, is_inert=False))]


def _cell(grant: Grant, field: Field, *, is_inert: bool = True) -> str:
    value: Any = grant
    for name in field.path:
        value = (value[0] if isinstance(value, list) else value).get(name, "")
        if value == "":
            return ""
    if field.kind == "number":
        return written.as_json(value)
    text = BETWEEN.join(value) if isinstance(value, list) else value
    return inert_text(text) if is_inert else text
