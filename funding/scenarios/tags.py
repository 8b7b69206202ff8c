"""What rules of a portfolio can be about, in words."""

from collections.abc import Mapping

from accounts.models import Size
from applications.models import ResearchCategory

#: The kinds, in the order in which a page has them, each with its words.
KINDS = {
    "region": "Region",
    "competition": "Competition",
    "theme": "Theme",
    "area": "Area of work",
    "size": "Organisation size",
    "research category": "Research category",
    "organisation": "Organisation",
}
#: Kinds whose pounds are added up side by side.
TOTALLED = ("region", "theme", "size", "research category")

LABELS = {"size": dict(Size.choices), "research category": dict(ResearchCategory.choices)}


def kind_of(tag: str) -> str:
    return tag.partition(":")[0]


def in_words(tag: str, organisations: Mapping[str, str] | None = None) -> str:
    """Worked: "size:micro_small" is "Organisation size: Micro or small".

    organisations  their names by id as text; without them the id stands
    """
    kind, _, value = tag.partition(":")
    labels = (organisations or {}) if kind == "organisation" else LABELS.get(kind, {})
    return f"{KINDS.get(kind, kind)}: {labels.get(value, value)}"


def sort_key(tag: str) -> tuple[int, str]:
    kind, _, value = tag.partition(":")
    return list(KINDS).index(kind), value
