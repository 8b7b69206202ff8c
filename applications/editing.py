"""Taking a draft in hand: who may change it, until when, and what a change undoes."""

from datetime import datetime

from accounts.models import User
from accounts.refusals import Refusal
from applications.models import Application, Competition, Participant, SavedPage


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


def competition_taking_entries(competition_id: int, at: datetime) -> Competition:
    """Return the competition for who enters it, or takes an entry back, under its shared lock.

    Raises CompetitionClosed outside ``opens_at <= at < closes_at``, and where the closing list has
    been drawn: then whatever came in before the close took too long.
    """
    whole = Competition.objects.select_related("question_set", "closing_list")
    competition = whole.get(pk=competition_id)
    if not competition.is_open_at(at) or hasattr(competition, "closing_list"):
        raise CompetitionClosed(competition.closes_at, at)
    return competition


def saved_page(participant: Participant, page: str) -> SavedPage:
    """Return how often the page was saved and by whom: version 0, not in the database, where never."""
    saved = SavedPage.objects.filter(participant=participant, page=page).select_related("saved_by").first()
    return saved or SavedPage(participant=participant, page=page, version=0)


def reopen(application: Application, section: str) -> None:
    """Take back that a section is complete, since it has been edited."""
    application.completed_sections.filter(section=section).delete()
