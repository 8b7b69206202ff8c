"""What applicants are told of the decision, with what the assessors wrote."""

from collections.abc import Iterable, Sequence

from django.db.models import Prefetch, prefetch_related_objects

from accounts import formats
from accounts.letters import Button, Facts, Placeholder, Quotes, Values
from accounts.models import Notification, User
from accounts.wording import Coming, Example, Kind
from applications import feedback
from applications.models import Application
from applications.notice_parts import (
    BECAUSE_EDITOR,
    COMPETITION,
    FACTS,
    PROJECT,
    REFERENCE,
    application_of,
    common,
    competition_of,
    fetch_applications,
    latest,
    naming,
    page,
    sees_application,
)
from applications.workflow import Status
from funding.models import AllocationLine, Award, AwardShare, Outcome

#: What an applicant is told about why an application is not funded.
WHY = {
    Outcome.OUT_OF_SCOPE: "Most of the assessors did not find the project in scope.",
    Outcome.NOT_RECOMMENDED: "Most of the assessors did not recommend the project for funding.",
    Outcome.BELOW_THRESHOLD: "The score is below the competition's quality threshold.",
    Outcome.NOTHING_SOUGHT: "The application asks for no grant.",
    Outcome.BELOW_LINE: "The money of this competition went to projects that scored higher.",
    Outcome.NOT_IN_PORTFOLIO: "The money of this competition went to a set of projects chosen together.",
    Outcome.LEFT_OUT: "The funders’ panel did not choose this project.",
}

TO = "those who may edit for an organisation that takes part, and the one who submitted while a member of it"
BY_PROCESS = "Everybody who applied is told the decision."


def is_successful(notification: Notification) -> bool:
    return application_of(notification).status_as_told == Status.SUCCESSFUL


def is_unsuccessful(notification: Notification) -> bool:
    return application_of(notification).status_as_told == Status.UNSUCCESSFUL


def successful(notification: Notification) -> Values:
    return outcome(application_of(notification))


def unsuccessful(notification: Notification) -> Values:
    application = application_of(notification)
    line = _line(application)
    return {**outcome(application), "why": _why(line)}


def outcome(application: Application) -> dict:
    line = _line(application)
    return {
        **common(application),
        "score": _score(line),
        "facts": Facts((*naming(application), *decided(application))),
        "feedback": quotes(application),
        "application_button": Button(
            "See your application", page("applications:detail", application.reference)
        ),
    }


def decided(application: Application) -> list[tuple[str, str]]:
    """What was decided, in a table: the score; then the grant of each organisation, or why there is none."""
    line = _line(application)
    scored = [("Score", _score(line))] if _score(line) else []
    told = application.status_as_told
    if told == Status.SUCCESSFUL:
        return scored + _grants(application)
    why = _why(line) if told == Status.UNSUCCESSFUL else ""
    return scored + ([("Why", why)] if why else [])


def _grants(application: Application) -> list[tuple[str, str]]:
    _fetch([application])  # asks nothing where it has been asked
    award = next(iter(application.live_awards), None)  # type: ignore[attr-defined]
    if award is None:
        return []
    each = [(share.participant.name, formats.pounds(share.grant)) for share in award.shares_by_size]
    whole = formats.pounds(award.amount)
    if award.amount < application.grant_sought:
        whole += f", a part of the {formats.pounds(application.grant_sought)} asked for"
    return [("Grant for the project", whole), *(each if len(each) > 1 else [])]


def _score(line) -> str:
    return f"{line.score}%" if line and line.score is not None else ""


def _why(line) -> str:
    return WHY.get(Outcome(line.outcome), "") if line else ""


def quotes(application: Application) -> Quotes | None:
    """What the assessors wrote, by question and without their names; nothing where there is none."""
    sections = [
        (question.title, _mean(question), _numbered(question.comments))
        for question in feedback.by_question(application)
    ]
    if reasons := feedback.on_funding(application):
        sections.append(("Whether to fund the project", "", _numbered(reasons)))
    return Quotes("What the assessors said", tuple(sections)) if sections else None


def _mean(question: feedback.QuestionFeedback) -> str:
    mean = f"{question.mean} of {question.max_marks} on average"
    says = question.compared.says if question.compared else ""
    return f"{mean}. {says}" if says else mean


def _numbered(comments: list[str]) -> tuple[tuple[str, str], ...]:
    return tuple((f"Assessor {number}", comment) for number, comment in enumerate(comments, start=1))


def _line(application: Application):
    _fetch([application])  # asks nothing where it has been asked
    return next(iter(application.released_lines), None)  # type: ignore[attr-defined]


def _fetch(applications: Iterable[Application]) -> None:
    """Ask once for the lines and awards of all of these, instead of for each."""
    lines = AllocationLine.objects.filter(allocation__released_at__isnull=False).order_by("-pk")
    shares = AwardShare.objects.select_related("participant").order_by("-grant")
    awards = Award.objects.live().order_by("pk")
    awards = awards.prefetch_related(Prefetch("shares", shares, to_attr="shares_by_size"))
    prefetch_related_objects(
        list(applications),
        Prefetch("allocation_lines", lines, to_attr="released_lines"),
        Prefetch("awards", awards, to_attr="live_awards"),
    )


def look_up_all(notifications: Sequence[Notification]) -> None:
    """A release tells hundreds at once, each with all that the assessors wrote."""
    applications = fetch_applications(notifications)
    _fetch(applications)
    feedback.fetch(applications)


def _released(status: Status):
    def examples(viewer: User, scope: str) -> list[Example]:
        rows = Application.objects.visible_to(viewer).filter(status=status, released_at__isnull=False)
        return latest(rows, scope, "-released_at")

    return examples


SCORE = Placeholder("score", "the score in percent", invented="74.3%")
FEEDBACK = Placeholder("feedback", "what the assessors wrote, question by question", is_block=True)
TO_APPLICATION = Placeholder("application_button", "the link to the application", is_block=True)

KINDS = (
    Kind(
        name="application_successful",
        title="Application successful",
        to=TO,
        when="at once, when the outcomes are released",
        subject_word="application",
        placeholders=(REFERENCE, PROJECT, COMPETITION, SCORE, FACTS, TO_APPLICATION, FEEDBACK),
        values=successful,
        examples=_released(Status.SUCCESSFUL),
        because=BECAUSE_EDITOR,
        still_true=is_successful,
        may_read=sees_application,
        look_up_all=look_up_all,
        scope=competition_of,
        required_by=BY_PROCESS,
    ),
    Kind(
        name="application_unsuccessful",
        title="Application not successful",
        to=TO,
        when="at once, when the outcomes are released",
        subject_word="application",
        placeholders=(
            REFERENCE,
            PROJECT,
            COMPETITION,
            SCORE,
            Placeholder("why", "the reason, in a sentence"),
            FACTS,
            TO_APPLICATION,
            FEEDBACK,
        ),
        values=unsuccessful,
        examples=_released(Status.UNSUCCESSFUL),
        because=BECAUSE_EDITOR,
        still_true=is_unsuccessful,
        may_read=sees_application,
        look_up_all=look_up_all,
        scope=competition_of,
        required_by=BY_PROCESS,
    ),
)

COMING = (Coming("application_on_hold", "Application on hold", "decisions on hold"),)
