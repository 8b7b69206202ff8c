"""What assessors make of an application: strict and lenient ones, ties, and now and then no mark at all."""

from dataclasses import dataclass
from random import Random

from launchpad.demo import figures, files, texts
from launchpad.demo.grown.plan import Plan

#: Points that assessors add to or take from what others would give, each in turn.
LEANINGS = (0, 3, -2, 0, -9, 5, 0, -4, 1, 8, -1, 2)
#: One application in so many gets the very totals of the one before it.
TWINS = 7
#: One assessment in so many gives no mark for one question.
WITHOUT_A_MARK = 60
#: So many applications in a row are read by the same people.
GROUP = 25
FUND_FROM = 67


@dataclass(frozen=True, slots=True)
class Opinion:
    """One assessor's marks, feedback and verdict."""

    assessor: int
    marks: list[int]
    feedback: list[str]
    in_scope: bool
    scope_reason: str
    fund: bool
    fund_reason: str
    note: str


def opinions(plan: Plan, number: int, several: int) -> list[Opinion]:
    """What ``several`` assessors make of application ``number``."""
    twin = number - 1 if number % TWINS == 3 and number % GROUP else number
    of_both, dice = Random(f"{plan.seed} marks {twin}"), Random(f"{plan.seed} words {number}")
    merit, is_in_scope = of_both.gauss(66, 12), of_both.random() < 0.94
    found = []
    for place, assessor in enumerate(assessors(plan, number // GROUP, several)):
        leaning = LEANINGS[assessor % len(LEANINGS)]
        total = min(max(round(merit + leaning + of_both.gauss(0, 3.5)), 0), 100)
        in_scope = is_in_scope if of_both.random() < 0.9 else not is_in_scope
        found.append(_opinion(plan, assessor, total, in_scope, place, dice))
    return found


def assessors(plan: Plan, group: int, several: int) -> list[int]:
    """The numbers of the people who read a group of applications."""
    return Random(f"{plan.seed} panel {group}").sample(range(plan.assessors), several)


def _opinion(plan: Plan, assessor: int, total: int, in_scope: bool, voice: int, dice: Random) -> Opinion:
    questions, words = plan.scored, files.read("grown_sentences")["feedback"]
    marks = figures.marks(total, dice, len(questions))
    if dice.randrange(WITHOUT_A_MARK) == 0:
        marks[dice.randrange(len(marks))] = 0
    feedback = [
        dice.choice(words["nothing"])
        if mark == 0
        else f"{texts.feedback(question.key, mark, (voice + place) % 3)} {dice.choice(words['more'])}"
        for place, (question, mark) in enumerate(zip(questions, marks, strict=True))
    ]
    fund = total >= FUND_FROM and in_scope
    return Opinion(
        assessor=assessor,
        marks=marks,
        feedback=feedback,
        in_scope=in_scope,
        scope_reason=texts.reason("scope", in_scope, dice),
        fund=fund,
        fund_reason=texts.reason("fund", fund, dice),
        note=dice.choice(words["staff"]) if dice.random() < 0.2 else "",
    )
