"""Writing an application: starting it, saving its parts, marking its sections as complete."""

import logging
from datetime import datetime

from accounts import audit, outbox, versions
from accounts.models import Organisation, User
from accounts.refusals import Refusal
from applications import completeness, editing, finances, fit, sections, word_count
from applications.application_notices import APPLICATION_STARTED
from applications.editing import CompetitionClosed, NotEditable
from applications.models import (
    Answer,
    Application,
    Area,
    Competition,
    CompletedSection,
    Participant,
    Question,
)
from applications.references import new_reference

__all__ = ["CompetitionClosed", "NotEditable"]

logger = logging.getLogger(__name__)

#: What ``save_details`` and ``save_declarations`` take, by the names of the fields.
DETAILS = (
    "title",
    "start_on",
    "duration_months",
    "research_category",
    "is_resubmission",
    "earlier_reference",
    "earlier_title",
    "cluster_activity",
)
DECLARATIONS = ("has_russian_involvement", "is_exploited_from_uk")


class AnswerTooLong(Refusal):
    """More characters than are kept of a draft; ``message`` says how many."""

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


class TwoPlaces(Refusal):
    """An area of the region and a place elsewhere are given for the same work."""


@audit.action("start application")
def start(
    competition: Competition,
    organisation: Organisation,
    *,
    by: User,
    at: datetime,
    reference: str | None = None,
    known: fit.Answers | None = None,
) -> Application:
    """Begin an application that ``organisation`` leads, and copy the organisation's details into it.

    reference  one that ``references.new_reference`` made for this press of the button: pressed
               twice, the second answers with the first's application
    known      what the eligibility check was told, to be filled in where the form asks for it

    Raises CompetitionClosed, or NotEditable where the person may not edit for the organisation.
    """
    if not competition.is_open_at(at):
        raise CompetitionClosed(competition.closes_at, at)
    if not Organisation.objects.editable_by(by).filter(pk=organisation.pk).exists():
        raise NotEditable
    application, is_new = Application.objects.get_or_create(
        reference=reference or new_reference(),
        defaults={"competition": competition, "started_by": by, "started_at": at, **_of_the_form(known)},
    )
    if is_new:
        participant = Participant(application=application, organisation=organisation, is_lead=True)
        _copy_details(organisation, participant)
        if known is not None:
            participant.work_area, participant.elsewhere = known.area, known.town
        participant.save()
        outbox.post(
            APPLICATION_STARTED,
            to=by,
            subject_word="application",
            subject_id=application.pk,
            cause=f"application {application.pk} started",
            at=at,
        )
        noted = {"from_the_check": True} if known is not None else {}
        audit.note(after={"competition": competition.code, "organisation": organisation.pk, **noted})
        logger.info("application started", extra={"reference": application.reference})
    return application


@audit.action("save details")
def save_details(
    application: Application,
    details: dict,
    *,
    version: int | None = None,
    by: User,
    at: datetime,
    is_autosave: bool = False,
) -> Application:
    """Save the application details; ``details`` has some or all of ``DETAILS``.

    version  of the page that the writer saw: raises StaleVersion where it was saved in between

    A research category that lowers the maximum below what is asked for takes back that the
    funding is complete.
    """
    draft = editing.lock_draft(application, by=by, at=at)
    lead = draft.participants.get(is_lead=True)
    _save_fields(
        draft,
        lead,
        sections.DETAILS,
        DETAILS,
        details,
        version=version,
        by=by,
        at=at,
        is_autosave=is_autosave,
    )
    audit.note(after={"fields": sorted(set(DETAILS) & set(details))})
    _reopen_funding_above_maximum(draft, lead)
    return draft


@audit.action("save declarations")
def save_declarations(
    application: Application,
    declarations: dict,
    *,
    version: int | None = None,
    by: User,
    at: datetime,
    is_autosave: bool = False,
) -> Application:
    """Save the declarations; ``declarations`` has some or all of ``DECLARATIONS``. Raises StaleVersion."""
    draft = editing.lock_draft(application, by=by, at=at)
    lead = draft.participants.get(is_lead=True)
    _save_fields(
        draft,
        lead,
        sections.DECLARATIONS,
        DECLARATIONS,
        declarations,
        version=version,
        by=by,
        at=at,
        is_autosave=is_autosave,
    )
    audit.note(after={name: declarations[name] for name in DECLARATIONS if name in declarations})
    return draft


@audit.action("save organisation's part")
def save_part(
    participant: Participant,
    *,
    work_postcode: str,
    work_area: Area | None,
    elsewhere: str = "",
    terms_accepted: bool,
    version: int | None = None,
    by: User,
    at: datetime,
    is_autosave: bool = False,
) -> Participant:
    """Save where an organisation's work happens and that it accepts the terms.

    elsewhere  a place in the UK outside the region's areas, instead of ``work_area``

    Raises StaleVersion, TwoPlaces.

    Its name, number, kind and size are copied again, as they stand now.
    """
    draft = editing.lock_draft(participant.application, by=by, at=at)
    if work_area is not None and elsewhere:
        raise TwoPlaces
    participant = draft.participants.select_related("organisation").get(pk=participant.pk)
    given = {"work_postcode": work_postcode, "work_area": work_area, "elsewhere": elsewhere}
    is_same = all(getattr(participant, name) == value for name, value in given.items())
    accepts = participant.terms_accepted_at is not None
    page = editing.saved_page(participant, sections.ORGANISATION)
    versions.check(page, version, is_same=is_same and accepts == terms_accepted)
    _copy_details(participant.organisation, participant)
    for name, value in given.items():
        setattr(participant, name, value)
    participant.terms_accepted_at = (participant.terms_accepted_at or at) if terms_accepted else None
    participant.save()
    editing.note_save(page, by=by, at=at, is_autosave=is_autosave)
    page.save()
    audit.note(
        subject=draft,
        after={
            "organisation": participant.organisation_id,
            "accepts_terms": terms_accepted,
            "version": page.version,
        },
    )
    editing.reopen(draft, sections.ORGANISATION)
    _reopen_funding_above_maximum(draft, participant)
    return participant


@audit.action("save answer")
def save_answer(
    application: Application,
    question: Question,
    text: str,
    *,
    version: int | None = None,
    by: User,
    at: datetime,
    is_autosave: bool = False,
) -> Answer:
    """Save the text given to ``question``, as typed but for the ends of its lines.

    A text over the word limit is kept too: the limit blocks completing the section.

    version  of the answer that the writer saw, 0 for none: raises StaleVersion where another
             was saved in between

    Raises AnswerTooLong.
    """
    draft = editing.lock_draft(application, by=by, at=at)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if refusal := word_count.beyond_keeping(text, question.word_limit):
        raise AnswerTooLong(refusal)

    answer = Answer.objects.filter(application=draft, question=question).select_related("saved_by").first()
    if answer is None:
        answer = Answer(application=draft, question=question, version=0)
    versions.check(answer, version, is_same=text == answer.text)
    answer.text = text
    editing.note_save(answer, by=by, at=at, is_autosave=is_autosave)
    answer.save()
    audit.note(subject=draft, after={"question": question.key, "version": answer.version})
    editing.reopen(draft, question.key)
    return answer


@audit.action("complete section")
def complete(application: Application, section: str, *, by: User, at: datetime) -> CompletedSection:
    """Mark a section as complete. Raises completeness.Incomplete with what is still to be mended."""
    draft = editing.lock_draft(application, by=by, at=at)
    participant = draft.participants.select_related("application").get(is_lead=True)
    if problems := completeness.problems(draft, participant, section):
        raise completeness.Incomplete(problems)
    audit.note(subject=draft, after={"section": section})
    mark, _ = CompletedSection.objects.get_or_create(
        application=draft, section=section, defaults={"completed_by": by, "completed_at": at}
    )
    return mark


@audit.action("reopen section")
def reopen_section(application: Application, section: str, *, by: User, at: datetime) -> None:
    audit.note(after={"section": section})
    editing.reopen(editing.lock_draft(application, by=by, at=at), section)


def _save_fields(
    draft: Application,
    lead: Participant,
    section: str,
    names: tuple[str, ...],
    given: dict,
    *,
    version: int | None,
    by: User,
    at: datetime,
    is_autosave: bool,
) -> None:
    """Save those fields of the draft that are ``given``, as one page of the form."""
    changed = {name: given[name] for name in names if name in given}
    page = editing.saved_page(lead, section)
    is_same = all(getattr(draft, name) == value for name, value in changed.items())
    versions.check(page, version, is_same=is_same)
    for name, value in changed.items():
        setattr(draft, name, value)
    draft.save(update_fields=[*changed])
    editing.note_save(page, by=by, at=at, is_autosave=is_autosave)
    page.save()
    editing.reopen(draft, section)


def _of_the_form(known: fit.Answers | None) -> dict:
    """What the check was told, as the fields of an application."""
    if known is None:
        return {}
    return {
        "start_on": known.start_on,
        "duration_months": known.duration_months,
        "has_russian_involvement": known.has_russian_involvement,
        "is_exploited_from_uk": known.is_exploited_from_uk,
        "is_resubmission": known.assessed != fit.Assessed.NEVER if known.assessed else None,
    }


def _copy_details(organisation: Organisation, participant: Participant) -> None:
    participant.name = organisation.name
    participant.company_number = organisation.company_number
    participant.kind = organisation.kind
    participant.size = organisation.size
    participant.details_on = organisation.details_confirmed_on


def _reopen_funding_above_maximum(draft: Application, participant: Participant) -> None:
    maximum = finances.maximum_percentage(participant, draft)
    asked = participant.percentage_asked
    if asked is not None and (maximum is None or asked > maximum):
        editing.reopen(draft, sections.FUNDING)
