"""Applications that came before another: of the same organisations, or saying much the same."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q

from applications.desk import texts
from applications.models import Answer, Application, Participant
from applications.workflow import Status

#: The answers that say what a project is.
SAYS_WHAT_IT_IS = ("project-summary", "scope")

#: So many that have runs of words in common with an application are compared with it, the latest first.
MOST_COMPARED = 40

#: By the index of ``Answer``, one search for each application asked about.
CANDIDATES = """
    SELECT asked.id, found.application_id
    FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[]) AS asked(id, before, words)
    CROSS JOIN LATERAL (
        SELECT DISTINCT answer.application_id
        FROM applications_answer AS answer
        JOIN applications_application AS application ON application.id = answer.application_id
        WHERE to_tsvector('english'::regconfig, COALESCE(answer.text, ''))
                @@ to_tsquery('english'::regconfig, asked.words)
            AND answer.question_id = ANY(ARRAY(SELECT id FROM applications_question WHERE key = ANY(%s)))
            AND application.submitted_at < asked.before
            AND application.id <> asked.id
        ORDER BY answer.application_id DESC
        LIMIT %s
    ) AS found
"""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An application that was submitted before another.

    likeness       how much of the text they share, from 0 to 1; None where it was not compared
    organisation   the one that takes part in both; empty where none does
    """

    pk: int
    reference: str
    title: str
    status: str
    region_id: int
    submitted_at: datetime
    likeness: float | None = None
    organisation: str = ""

    @property
    def is_alike(self) -> bool:
        return self.likeness is not None and self.likeness >= texts.ALIKE

    @property
    def is_successful(self) -> bool:
        return self.status == Status.SUCCESSFUL

    @property
    def is_under_way(self) -> bool:
        return self.status in (Status.SUBMITTED, Status.IN_ASSESSMENT)


def of_the_same_organisations(applications: Collection[Application]) -> dict[int, list[Earlier]]:
    """What organisations of each application, by row or company number, took part in before; one query.

    The applications come with their participants.
    """
    ids = [application.pk for application in applications]
    parts = [part for application in applications for part in application.participants.all()]
    known = Q(organisation__in={part.organisation_id for part in parts})
    known |= Q(company_number__in={part.company_number for part in parts} - {""})
    before = Participant.objects.filter(known, application__submitted_at__isnull=False).select_related(
        "application__competition"
    )
    by_organisation, by_number = defaultdict(list), defaultdict(list)
    for other in before:
        by_organisation[other.organisation_id].append(other)
        by_number[other.company_number].append(other)
    moments = {application.pk: application.submitted_at for application in applications}
    found: dict[int, dict[int, Earlier]] = {pk: {} for pk in ids}
    for part in parts:
        same = by_number[part.company_number] if part.company_number else []
        for other in (*by_organisation[part.organisation_id], *same):
            if _is_before(other.application, part.application_id, moments[part.application_id]):
                row = _earlier(other.application, organisation=part.name)
                found[part.application_id].setdefault(row.pk, row)
    return {pk: sorted(rows.values(), key=lambda row: row.submitted_at) for pk, rows in found.items()}


def alike(applications: Collection[Application]) -> dict[int, list[Earlier]]:
    """What was submitted before each and says much the same, the most alike first; two queries.

    What an application says stands in its title and in the answers that say what it is. The applications
    come with their answers, and these with their questions.
    """
    asked = {application.pk: application for application in applications if application.submitted_at}
    said = {pk: _shingles(_telling(application.answers.all())) for pk, application in asked.items()}
    pairs = _candidates(asked, said)
    others = _answers_of({other for _pk, other in pairs})
    rows = {pk: answers[0].application for pk, answers in others.items()}
    said |= {pk: _shingles(answers) for pk, answers in others.items()}
    found: dict[int, list[Earlier]] = {application.pk: [] for application in applications}
    for pk, other in pairs:
        likeness = texts.likeness(said[pk], said[other])
        if likeness >= texts.ALIKE:
            found[pk].append(_earlier(rows[other], likeness=likeness))
    return {pk: sorted(rows, key=lambda row: (-(row.likeness or 0), row.pk)) for pk, rows in found.items()}


def _is_before(other: Application, pk: int, moment: datetime | None) -> bool:
    is_before = moment is not None and other.submitted_at is not None and other.submitted_at < moment
    return other.pk != pk and is_before


def _earlier(application: Application, **more) -> Earlier:
    assert application.submitted_at is not None
    return Earlier(
        pk=application.pk,
        reference=application.reference,
        title=application.title,
        status=application.status,
        region_id=application.competition.region_id,
        submitted_at=application.submitted_at,
        **more,
    )


def _telling(answers: Iterable[Answer]) -> list[Answer]:
    return [answer for answer in answers if answer.question.key in SAYS_WHAT_IT_IS]


def _answers_of(ids: Collection[int]) -> dict[int, list[Answer]]:
    """Those that say what each application is, with it and its competition."""
    answers = Answer.objects.filter(application__in=ids, question__key__in=SAYS_WHAT_IT_IS)
    found = defaultdict(list)
    for answer in answers.select_related("application__competition"):
        found[answer.application_id].append(answer)
    return found


def _shingles(answers: Iterable[Answer]) -> frozenset[texts.Shingle]:
    said = {text for answer in answers for text in (answer.application.title, answer.text)}
    return frozenset().union(*map(texts.shingles, said))


def _candidates(
    asked: dict[int, Application], said: dict[int, frozenset[texts.Shingle]]
) -> list[tuple[int, int]]:
    """Pairs of an application and an earlier one that has one of its most distinctive runs of words."""
    sought = [(pk, asked[pk].submitted_at, _words(found)) for pk, found in said.items() if found]
    if not sought:
        return []
    ids, moments, words = (list(column) for column in zip(*sought, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, [ids, moments, words, list(SAYS_WHAT_IT_IS), MOST_COMPARED])
        return cursor.fetchall()


def _words(found: Iterable[texts.Shingle]) -> str:
    """The runs as PostgreSQL looks for them: letters and digits, and no sign that could end the quotes."""
    runs = (" & ".join(f"'{word}'" for word in run) for run in texts.distinctive(found))
    return " | ".join(f"({run})" for run in runs)
