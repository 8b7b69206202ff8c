"""Taking a draft in hand: who may change it, until when, and what a change undoes."""

from datetime import UTC, datetime

from accounts import audit
from accounts.models import Edited, User
from accounts.refusals import Refusal
from applications import competition_lock
from applications.models import Application, Competition, Participant, SavedPage

#: What the page saved by itself while somebody wrote leaves one row in the audit trail in so many minutes.
JOINED_MINUTES = 10


class CompetitionClosed(Refusal):
    """The competition is not open at ``at``; ``closed_at`` is its closing moment where it has one."""

    def __init__(self, closed_at: datetime | None, at: datetime):
        super().__init__(f"not open at {at.isoformat()}")
        self.closed_at = closed_at
        self.at = at

    @property
    def facts(self) -> dict:
        return {"closed_at": self.closed_at.isoformat() if self.closed_at else None}


class NotEditable(Refusal):
    """The application is no longer a draft, or the person may not edit for its lead organisation."""


def lock_draft(application: Application, *, by: User, at: datetime) -> Application:
    """Return the draft afresh, its row locked until the outer transaction ends.

    A submission that is under way is waited for. Raises NotEditable, or CompetitionClosed
    outside ``opens_at <= at < closes_at``.
    """
    draft = (
        Application.objects.editable_by(by)
        .select_related("competition")
        .select_for_update(of=("self",))
        .filter(pk=application.pk)
        .first()
    )
    if draft is None:
        raise NotEditable
    if not draft.competition.is_open_at(at):
        raise CompetitionClosed(draft.competition.closes_at, at)
    return draft


def lock_entry(application: Application) -> Application:
    """Return the application afresh for who enters it or takes it back, with its competition.

    Holds the competition's lock shared and the application's row until the outer transaction ends. None
    of it need be read again: whoever changes what was entered waits for the row, and whoever draws the
    closing list or moves the close waits for the competition's lock.
    """
    competition_lock.share(application.competition_id)
    whole = Application.objects.select_related("competition__closing_list")
    return whole.select_for_update(of=("self",)).get(pk=application.pk)


def check_takes_entries(competition: Competition, at: datetime) -> None:
    """Raises CompetitionClosed outside ``opens_at <= at < closes_at``, and where the closing list has
    been drawn: then whatever came in before the close took too long.
    """
    if not competition.is_open_at(at) or hasattr(competition, "closing_list"):
        raise CompetitionClosed(competition.closes_at, at)


def saved_page(participant: Participant, page: str) -> SavedPage:
    """Return how often the page was saved and by whom: version 0, not in the database, where never."""
    saved = SavedPage.objects.filter(participant=participant, page=page).select_related("saved_by").first()
    return saved or SavedPage(participant=participant, page=page, version=0)


def note_save(page: Edited, *, by: User, at: datetime, is_autosave: bool = False) -> None:
    """Set, without saving, that this is a further version of the page, for the action under way.

    An autosave after one of the same person in the same ten minutes of the clock joins its row of
    the audit trail; the version in the next row says how many there were.
    """
    if is_autosave and page.saved_by_id == by.pk and page.saved_at and _slot(page.saved_at) == _slot(at):
        audit.join()
    page.note_save(by=by, at=at)


def _slot(moment: datetime) -> tuple:
    local = moment.astimezone(UTC)
    return (local.date(), local.hour, local.minute // JOINED_MINUTES)


def reopen(application: Application, section: str) -> None:
    """Take back that a section is complete, since it has been edited."""
    application.completed_sections.filter(section=section).delete()
