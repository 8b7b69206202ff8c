"""The conditions of a scenario as people read them.

``working.in_words`` has them as a kept answer does, by which its fingerprint is counted: those stay as
they are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from accounts.models import Organisation
from funding.portfolio.problem import Condition, Forced, Rule
from funding.scenarios import tags, working
from funding.scenarios.working import Question


@dataclass(frozen=True, slots=True)
class Names:
    """What a condition names: the candidates' references, by rank, and organisations by id as text."""

    references: Sequence[str]
    organisations: Mapping[str, str]


def names_of(question: Question) -> Names:
    return Names(
        [line["reference"] for line in working.candidates(question)],
        organisations_of(one["tag"] for one in question["rules"]),
    )


def organisations_of(found: Iterable[str]) -> dict[str, str]:
    """The names of the organisations that these tags are about, by id as text."""
    ids = [tag.partition(":")[2] for tag in found if tags.kind_of(tag) == "organisation"]
    if not ids:
        return {}
    return {str(pk): name for pk, name in Organisation.objects.filter(pk__in=ids).values_list("pk", "name")}


def in_words(condition: Condition, names: Names) -> str:
    """Worked: Rule("size:large", AT_MOST, PROJECTS, 1) is "at most 1 project of Organisation size: Large"."""
    if isinstance(condition, Forced):
        return f"{names.references[condition.id - 1]} {'in' if condition.is_in else 'out'}"
    if isinstance(condition, Rule):
        condition = replace(condition, tag=tags.in_words(condition.tag, names.organisations))
    return working.in_words(condition)
