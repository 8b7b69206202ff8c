"""A scenario's form as it was filled in, read back from what was asked."""

from collections.abc import Iterator, Sequence

from funding.scenarios.working import Question


def typed(name: str, question: Question, budgets: Sequence[str]) -> dict[str, str]:
    """What ``ScenarioForm`` is sent to ask the same again.

    budgets  the codes of those that the form offers, in its order: what is kept back of others is left out
    """
    filled = {"name": name, "method": question["method"], "objective": question["objective"]}
    filled |= {
        f"reserve_{place}": question["reserve"][code]
        for place, code in enumerate(budgets)
        if code in question["reserve"]
    }
    for place, rule in enumerate(question["rules"]):
        filled |= {f"{part}_{place}": rule[part] for part in ("sense", "limit", "measure", "tag")}
    for place, one in enumerate(question["forced"]):
        filled |= {
            f"reference_{place}": one["reference"],
            f"verdict_{place}": "in" if one["is_in"] else "out",
            f"reason_{place}": one["reason"],
        }
    return filled | dict(_parts(question))


def _parts(question: Question) -> Iterator[tuple[str, str]]:
    for place, line in enumerate(line for line in question["lines"] if line["part"]):
        yield f"part_{place}", line["reference"]
        yield f"part_reason_{place}", line["part"]
        for pk, grant in line["shares"].items():
            yield f"share_{place}_{pk}", grant
