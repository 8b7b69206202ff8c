"""What is told of the end of an award: to approvers and its proposer, and to those who applied."""

from accounts.formats import pounds
from accounts.letters import Button, Facts, Placeholder, Values
from accounts.models import Notification, User
from accounts.office_notices import BECAUSE_STAFF
from accounts.wording import OFFERED, Example, Kind
from applications.notice_parts import BECAUSE_EDITOR, COMPETITION, PROJECT, REFERENCE, common, naming, page
from funding import award_endings
from funding.models import AwardEnding, EndingState
from funding.offer_notices import BY_PROCESS, TO_ALL


def proposed(notification: Notification) -> Values:
    ending = ending_of(notification)
    return {
        **common(ending.award.application),
        "facts": Facts((*_facts(ending), ("Proposed by", str(ending.proposed_by)))),
        "ending_button": Button("Decide it", page("admin:funding_awardending_change", ending.pk)),
    }


def decided(notification: Notification) -> Values:
    ending = ending_of(notification)
    rows = [*_facts(ending), ("Decision", ending.get_state_display())]
    if ending.answer:
        rows.append(("Reason for the decision", ending.answer))
    return {
        **common(ending.award.application),
        "answer": ending.get_state_display().lower(),
        "facts": Facts(tuple(rows)),
        "ending_button": Button("See it", page("admin:funding_awardending_change", ending.pk)),
    }


def ended(notification: Notification) -> Values:
    ending = ending_of(notification)
    application = ending.award.application
    return {
        **common(application),
        "facts": Facts(tuple(_facts(ending))),
        "application_button": Button(
            "See the application", page("applications:detail", application.reference)
        ),
    }


def _facts(ending: AwardEnding) -> list[tuple[str, str]]:
    application = ending.award.application
    return [*naming(application), ("Grant", pounds(ending.award.amount)), ("Reason", ending.reason)]


def ending_of(notification: Notification) -> AwardEnding:
    return notification.looked_up(_ending)


def _ending(notification: Notification) -> AwardEnding:
    rows = AwardEnding.objects.select_related("award__application__competition", "proposed_by")
    return rows.get(pk=notification.subject_id)


def waits(notification: Notification) -> bool:
    return ending_of(notification).is_waiting


def sees(notification: Notification) -> bool:
    visible = AwardEnding.objects.visible_to(notification.recipient)
    return visible.filter(pk=notification.subject_id).exists()


def scope(notification: Notification) -> str:
    return ending_of(notification).award.application.competition.code


def examples(*states: EndingState):
    def latest(viewer: User, scope: str) -> list[Example]:
        rows = AwardEnding.objects.visible_to(viewer).filter(state__in=states)
        if scope:
            rows = rows.filter(award__application__competition__code=scope)
        rows = rows.select_related("award__application").order_by("-proposed_at", "-pk")[:OFFERED]
        return [Example(row.pk, _called(row)) for row in rows]

    return latest


def _called(ending: AwardEnding) -> str:
    application = ending.award.application
    return f"{application.reference}, {application.title or 'not named yet'}"


FACTS = Placeholder(
    "facts", "a table of reference, project, competition, grant and the reason", is_block=True
)
TO_ENDING = "the link to it"

KINDS = (
    Kind(
        name=award_endings.PROPOSED,
        title="The end of an award is proposed",
        to="approvers of its region, but not whoever proposed it",
        when="at once, when a fund manager proposes to end an award that is released",
        subject_word="award ending",
        placeholders=(
            REFERENCE,
            PROJECT,
            COMPETITION,
            FACTS,
            Placeholder("ending_button", "the link to decide it", is_block=True, is_required=True),
        ),
        values=proposed,
        examples=examples(EndingState.PROPOSED),
        may_read=sees,
        because=BECAUSE_STAFF,
        still_true=waits,
        scope=scope,
        may_wait=True,
    ),
    Kind(
        name=award_endings.DECIDED,
        title="The end of an award was decided",
        to="whoever proposed it",
        when="at once, when another person approves or refuses it",
        subject_word="award ending",
        placeholders=(
            REFERENCE,
            PROJECT,
            COMPETITION,
            Placeholder("answer", "approved or refused", is_required=True, invented="approved"),
            FACTS,
            Placeholder("ending_button", TO_ENDING, is_block=True),
        ),
        values=decided,
        examples=examples(EndingState.APPROVED, EndingState.REFUSED),
        may_read=sees,
        because=BECAUSE_STAFF,
        scope=scope,
        may_wait=True,
    ),
    Kind(
        name=award_endings.AWARD_ENDED,
        title="Your award has ended",
        to=TO_ALL,
        when="at once, when a second person approves its end",
        subject_word="award ending",
        placeholders=(
            REFERENCE,
            PROJECT,
            COMPETITION,
            FACTS,
            Placeholder("application_button", "the link to the application", is_block=True),
        ),
        values=ended,
        examples=examples(EndingState.APPROVED),
        may_read=sees,
        because=BECAUSE_EDITOR,
        scope=scope,
        required_by=BY_PROCESS,
    ),
)
