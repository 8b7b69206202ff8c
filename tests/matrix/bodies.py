"""Names of rows that a form, a body or a filter reads, beside those in the address."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.matrix.world import Side


@dataclass(frozen=True, slots=True)
class Body:
    """A field that names a row, in a form about a row of one's own."""

    route: str
    field: str
    names: Callable[[Side], str]
    nothing: str
    own: Callable[[Side], dict[str, str]] = lambda home: {}
    beside: Callable[[Side], dict[str, str]] = lambda home: {}


def _live(home: Side) -> dict[str, str]:
    return {"pk": str(home["live"].pk)}


NO_PK = "999999999"
BODIES = (
    Body(
        "applications:start", "organisation", lambda side: str(side["accounts.organisation"].pk), NO_PK,
        own=lambda home: {"code": home["open"].code},
    ),
    Body(
        "admin:applications_application_give", "assessor", lambda side: str(side.assessor.pk), NO_PK,
        own=_live,
    ),
    Body(
        "admin:applications_application_take_back", "assessment",
        lambda side: str(side["applications.assessment"].pk), NO_PK, own=_live,
    ),
    Body(
        "admin:applications_application_changelist", "_selected_action", lambda side: str(side["live"].pk),
        NO_PK, beside=lambda home: {"action": "give_selected", "assessor": str(home.assessor.pk)},
    ),
    Body(
        "admin:applications_application_changelist", "assessor", lambda side: str(side.assessor.pk), NO_PK,
        beside=lambda home: {"action": "give_selected", "_selected_action": str(home["live"].pk)},
    ),
    Body(
        "admin:accounts_notification_changelist", "_selected_action",
        lambda side: str(side["accounts.notification"].pk), NO_PK,
        beside=lambda home: {"action": "send_selected_again"},
    ),
    Body(
        "admin:funding_programmereport_request", "covers", lambda side: f"region:{side.region.code}",
        "region:NOWHERE",
    ),
    Body(
        "admin:funding_programmereport_request", "covers",
        lambda side: f"competition:{side['applications.competition'].code}", "competition:NOWHERE",
    ),
    Body("admin:applications_competition_add", "region", lambda side: str(side.region.pk), NO_PK),
)  # fmt: skip

#: A parameter of a list that names a row: the row, and which of its fields.
NAMED_IN_QUERY = {
    "competition": ("applications.competition", "code"),
    "application": ("entry", "reference"),
    "region": ("region", "code"),
    "reference": ("entry", "reference"),
}
WORDS_IN_QUERY = frozenset(
    {
        "status", "submitted_from", "submitted_before", "ordering", "strand", "round", "state",
        "demonstration", "kind", "next", "code", "page", "page_size",
    }
)  # fmt: skip

#: Pages that read a form from their address.
QUERY_FORMS = {"applications:check_receipt": ("reference",)}
