"""How a competition's values are written: with how sure they are, and as paragraphs."""

from django import template

register = template.Library()

MEANINGS = {
    "assumed": "assumed",
    "reported": "as reported",
    "demonstration": "demonstration",
}


@register.filter
def paragraphs(text: str) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


@register.inclusion_tag("components/standing.html")
def standing(competition, name: str) -> dict[str, str]:
    """Mark a value that was not found in a published source: assumed, reported, demonstration."""
    found = competition.standings.get(name, "")
    return {"standing": found, "meaning": MEANINGS.get(found, found)}


@register.inclusion_tag("components/standing.html")
def table_standing(table) -> dict[str, str]:
    """The same for a question set or an intensity table, which has one standing as a whole."""
    return {
        "standing": table.standing if table.standing != "found" else "",
        "meaning": MEANINGS.get(table.standing, table.standing),
    }
