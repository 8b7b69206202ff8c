"""The way from a competition's page to the facts of its round, once there are any."""

from django import template

from applications.models import Competition, Stage
from funding.reports import published

register = template.Library()


@register.inclusion_tag("funding/_facts_link.html")
def facts_link(competition: Competition) -> dict[str, object]:
    """Asks the database of nothing while the competition itself is not released."""
    is_released = competition.stage == Stage.RELEASED
    rows = Competition.objects.filter(pk=competition.pk)
    return {"competition": competition, "has_facts": is_released and published.with_facts(rows).exists()}
