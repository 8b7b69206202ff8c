"""Answers and feedback put together from sentences: varied, and the same for the same seed."""

from dataclasses import dataclass
from random import Random

from launchpad.demo import files

LEADERS = (
    "our technical director",
    "the founder",
    "our head of engineering",
    "the works manager",
    "our chief designer",
)


@dataclass(frozen=True)
class Plan:
    """What the answers of an application must agree on with its figures."""

    months: int
    costs: int
    grant: int
    partners: list[str]


def answers(project: dict, plan: Plan, dice: Random) -> dict[str, str]:
    """Return the text of each question's answer, by the question's key."""
    told = facts(project, plan, dice)
    return {
        key: "\n\n".join(dice.choice(variants).format(**told) for variants in paragraphs)
        for key, paragraphs in files.read("answers").items()
    }


def facts(project: dict, plan: Plan, dice: Random) -> dict[str, object]:
    """What the sentences of one application name: the same figures wherever they come up."""
    tries = dice.randint(20, 60)
    firms = dice.randrange(120, 2_400, 20)
    before = dice.randrange(20, 80, 5)
    thirds = sorted({1 + plan.months * part // 4 for part in (1, 2, 3)})
    partners = " and ".join(plan.partners)
    leader = dice.choice(LEADERS)
    visited = dice.choice(("six", "eight", "nine", "eleven"))
    return {
        **project,
        "Need": project["need"][0].upper() + project["need"][1:],
        "months": plan.months,
        "costs": f"{plan.costs:,}",
        "grant": f"{plan.grant:,}",
        "m1": thirds[0],
        "m2": thirds[len(thirds) // 2],
        "m3": thirds[-1],
        "leader": leader,
        "Leader": leader[0].upper() + leader[1:],
        "years": dice.randint(6, 24),
        "Partners": f"{partners} bring what we lack and do a part of the work of their own."
        if partners
        else "No partner is needed for this step.",
        "jobs": dice.choice(("three", "four", "five", "six")),
        "tries": tries,
        "trials": tries - dice.randint(1, 6),
        "hours": dice.randrange(200, 1_000, 100),
        "firms": firms,
        "visited": visited,
        "Visited": visited.capitalize(),
        "growth": dice.randint(3, 11),
        "payback": dice.randrange(10, 30, 2),
        "sales": dice.randrange(180, 900, 20),
        "before": before,
        "after": before + dice.randrange(20, 70, 5),
        "return": dice.randint(4, 9),
    }


def feedback(question: str, mark: int, voice: int) -> str:
    """What an assessor writes beside a mark: praise where it is high, gaps where it is not.

    voice  0, 1 or 2: three assessors of one application do not say the same
    """
    sentences = files.read("feedback")
    opening = next(said for least, said in sentences["openings"].items() if mark >= int(least))[voice]
    good, weak = sentences[question]["good"][voice], sentences[question]["weak"][voice]
    if mark >= 9:
        return f"{opening} {good}"
    if mark >= 7:
        return f"{opening} {good} {weak}"
    return f"{opening} {weak}"


def reason(verdict: str, is_yes: bool, dice: Random) -> str:
    """Why an assessor says yes or no to ``scope`` or to ``fund``."""
    return dice.choice(files.read("feedback")[verdict]["yes" if is_yes else "no"])
