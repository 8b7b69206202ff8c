"""Portfolio problems: by hand, at random with many ties, and of a real size."""

import random
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from funding.portfolio.problem import Candidate, Forced, Measure, Objective, PortfolioProblem, Rule, Sense


def candidate(
    rank: int, score: str, amount: int, *tags: str, budgets: tuple[str, ...] = ("pot",)
) -> Candidate:
    """A project known by a letter, A the first by rank; each tag counts the whole amount."""
    sum_ = Decimal(amount)
    return Candidate(rank, chr(64 + rank), rank, Decimal(score), sum_, budgets, {tag: sum_ for tag in tags})


def problem(*candidates: Candidate, pot: int, **others) -> PortfolioProblem:
    return PortfolioProblem(candidates, {"pot": Decimal(pot)}, **others)


def small(seed: int, most: int = 18) -> PortfolioProblem:
    """A few projects of few different scores and amounts, so that many portfolios are worth the same."""
    chance = random.Random(seed)
    candidates = [_small_candidate(chance, place) for place in range(chance.randint(1, most))]
    total = sum((one.amount for one in candidates), Decimal(0))
    forced = chance.sample(candidates, min(len(candidates), chance.choice([0, 0, 1, 2])))
    return PortfolioProblem(
        tuple(candidates),
        {"pot": _part(total, chance.randint(15, 90)), "region": _part(total, chance.randint(10, 60))},
        {"pot": Decimal(chance.choice([0, 5000]))},
        tuple(_small_rule(chance, total, len(candidates)) for _ in range(chance.randint(0, 3))),
        tuple(Forced(one.id, chance.random() < 0.5, "the minister's wish") for one in forced),
        chance.choice(list(Objective)),
    )


def regional(seed: int, most: int = 12) -> PortfolioProblem:
    """Two regions with a budget each within the programme's; of every four, rules join the regions in one,
    the programme's budget does in one, both do in one and nothing does in one.
    """
    chance = random.Random(seed)
    plain = [_small_candidate(chance, place) for place in range(chance.randint(2, most))]
    regions = [chance.choice(["LCR", "TV"]) for _ in plain]
    candidates = tuple(
        replace(
            one,
            budgets=("programme", region),
            tags=one.tags | {f"region:{region}": one.amount, f"theme:{region}": one.amount},
        )
        for one, region in zip(plain, regions, strict=True)
    )
    half = _part(sum((one.amount for one in candidates), Decimal(0)), chance.randint(15, 45))
    across = ["theme:health", "theme:digital"] if seed % 4 in {1, 3} else ["theme:LCR", "theme:TV"]
    return PortfolioProblem(
        candidates,
        {"programme": half * 2 - (_part(half, 30) if seed % 4 in {2, 3} else 0), "LCR": half, "TV": half},
        {},
        tuple(
            Rule(tag, Sense.AT_MOST, Measure.PROJECTS, Decimal(chance.randint(1, most // 2)))
            for tag in chance.sample(across, chance.randint(0, 2))
        ),
        (),
        chance.choice(list(Objective)),
    )


def apart(count: int, objective: Objective, *, seed: int = 1) -> PortfolioProblem:
    """``large`` with regions whose money adds up to the programme's and rules within one region alone."""
    asked = large(count, objective, regions=True, seed=seed)
    money = _part(asked.budgets["programme"], 50)
    candidates = tuple(
        replace(one, budgets=("programme", "LCR" if one.id % 2 else "GM"), tags=_in_region(one))
        for one in asked.candidates
    )
    rules = tuple(replace(one, tag=f"{one.tag} of 1") for one in asked.rules[:3])
    rules = tuple(replace(one, limit=Decimal(int(one.limit / 2))) for one in rules)
    budgets = {"programme": money * 2, "LCR": money, "GM": money}
    return PortfolioProblem(candidates, budgets, {}, rules, (), objective)


def _in_region(one: Candidate) -> dict[str, Decimal]:
    return {f"{tag} of {one.id % 2}": pounds for tag, pounds in one.tags.items()}


def large(count: int, objective: Objective, *, regions: bool = False, seed: int = 1) -> PortfolioProblem:
    """One competition of ``count`` projects, 55.0 to 95.0, £20,000 to £500,000, with money for a quarter.

    Three budgets and four rules. ``regions``: two of the budgets are of a region each, instead of one
    within the other, so that each of the three binds by itself.
    """
    chance = random.Random(seed)
    scores = sorted((Decimal(chance.randint(550, 950)) / 10 for _ in range(count)), reverse=True)
    candidates = tuple(_large_candidate(chance, rank, score, regions) for rank, score in enumerate(scores, 1))
    money = _part(sum((one.amount for one in candidates), Decimal(0)), 24)
    theme, size, region = "theme:health", "size:small", "region:WM"
    rules = (
        Rule(theme, Sense.AT_LEAST, Measure.POUNDS, _part(money, 25)),
        Rule("theme:creative", Sense.AT_MOST, Measure.PROJECTS, Decimal(count * 4 // 100)),
        Rule(size, Sense.AT_LEAST, Measure.PROJECTS, Decimal(count * 15 // 100)),
        Rule(region, Sense.AT_MOST, Measure.POUNDS, _part(money, 40)),
    )
    if regions:
        budgets = {"programme": money, "LCR": _part(money, 31), "GM": _part(money, 31)}
    else:
        budgets = {"programme": money * 2, "region": _part(money, 110), "pot": money}
    return PortfolioProblem(candidates, budgets, {"programme": Decimal(100_000)}, rules, (), objective)


def _large_candidate(chance: random.Random, rank: int, score: Decimal, regions: bool) -> Candidate:
    amount = Decimal(chance.randint(20_000, 500_000))
    theme = chance.choice(["health", "net zero", "digital", "creative", "advanced"])
    region, size = chance.choice(["LCR", "GM", "WM"]), chance.choice(["small", "large"])
    tags: Mapping[str, Decimal] = {
        f"theme:{theme}": amount, f"region:{region}": amount, f"size:{size}": amount,
    }  # fmt: skip
    budgets: tuple[str, ...] = ("programme", "region", "pot")
    if regions:
        budgets = ("programme",) if region == "WM" else ("programme", region)
    return Candidate(rank, f"P{rank:05}", rank, score, amount, budgets, tags)


def _small_candidate(chance: random.Random, place: int) -> Candidate:
    amount = Decimal(chance.choice([10_000, 20_000, 30_000, 40_000]))
    if chance.random() < 0.3:
        amount = Decimal(chance.randint(1, 5_000_000)) / 100
    score = Decimal(chance.choice(["60.0", "70.0", "70.5", "80.0"]))
    share = _part(amount, 50)
    tags = {chance.choice(["theme:health", "theme:digital"]): amount, "organisation:12": share}
    budgets = chance.choice([("pot",), ("pot", "region")])
    return Candidate(900 - 7 * place, f"P{place:02}", place + 1, score, amount, budgets, tags)


def _small_rule(chance: random.Random, total: Decimal, count: int) -> Rule:
    tag = chance.choice(["theme:health", "theme:digital", "organisation:12"])
    sense, measure = chance.choice(list(Sense)), chance.choice(list(Measure))
    most = 25 if sense == Sense.AT_LEAST else 60
    part = Decimal(chance.randint(0, most))
    in_all = Decimal(count) if measure == Measure.PROJECTS else total
    return Rule(tag, sense, measure, Decimal(int(in_all * part / 100)))


def _part(amount: Decimal, percent: int) -> Decimal:
    return (amount * percent / 100).quantize(Decimal("0.01"))
