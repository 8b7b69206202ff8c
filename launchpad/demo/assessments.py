"""Marks, feedback and verdicts of the demonstration, given through the assessors' own actions."""

from datetime import datetime
from random import Random

from applications.assessment import scoring
from applications.models import Assessment, Question
from launchpad.demo import figures, texts

#: Two assessors who differ by more than the competition's limit are flagged; few are this far apart.
APART = 3


def opinions(project: dict, dice: Random) -> list[dict]:
    """What three assessors make of a project: a total each, and whether it is in scope and fundable."""
    score = project["score"]
    fund_votes = project.get("fund_votes", 3 if score >= 72 else 2 if score >= 65 else 1)
    scope_votes = project.get("scope_votes", 3)
    totals = figures.totals(score, project.get("apart", dice.randint(0, APART)), dice)
    # Those who mark highest are those who would fund.
    ranks = sorted(range(3), key=lambda number: -totals[number])
    return [
        {
            "total": total,
            "voice": (number + len(project["title"])) % 3,
            "fund": ranks.index(number) < fund_votes,
            "in_scope": ranks.index(number) < scope_votes,
        }
        for number, total in enumerate(totals)
    ]


def submit(
    assessment: Assessment, opinion: dict, questions: list[Question], dice: Random, *, at: datetime
) -> None:
    assessment = scoring.save(
        assessment,
        _scores(questions, figures.marks(opinion["total"], dice), opinion["voice"]),
        {
            "in_scope": opinion["in_scope"],
            "category_fits": True,
            "scope_reason": texts.reason("scope", opinion["in_scope"], dice),
            "fund": opinion["fund"],
            "fund_reason": texts.reason("fund", opinion["fund"], dice),
        },
        version=assessment.version,
        by=assessment.assessor,
        at=at,
    )
    scoring.submit(assessment, by=assessment.assessor, at=at)


def begin(
    assessment: Assessment, opinion: dict, questions: list[Question], dice: Random, *, at: datetime
) -> None:
    """Mark the first four questions and leave the rest for another day."""
    scores = _scores(questions, figures.marks(opinion["total"], dice), opinion["voice"])
    first = dict(list(scores.items())[:4])
    scoring.save(assessment, first, {}, version=assessment.version, by=assessment.assessor, at=at)


def _scores(questions: list[Question], marks: list[int], voice: int) -> dict[int, tuple[int, str]]:
    return {
        question.pk: (mark, texts.feedback(question.key, mark, (voice + number) % 3))
        for number, (question, mark) in enumerate(zip(questions, marks, strict=True))
    }
