"""The office's lists: each cell with the name of its column, for the phone that stacks them."""

from collections.abc import Iterable, Iterator

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()

#: Where a tag of Django's begins, and what it says of itself once a style has taken its display away.
ROLES = {"<td": mark_safe('<td role="cell"'), "<th": mark_safe('<th scope="row" role="rowheader"')}


@register.filter
def named_cells(cells: Iterable[SafeString], headers: list[dict]) -> Iterator[SafeString]:
    """Add roles to the cells of a row as Django's admin writes them, and column names in front of the values.

    The heading of the row and the box that selects it need no name.
    """
    for cell, header in zip(cells, headers, strict=False):
        tag, rest = cell[:3], cell[3:]
        attributes, value = rest.split(">", 1)
        is_named = tag == "<td" and "action-checkbox" not in attributes
        name = (
            format_html('<span class="stack-label" aria-hidden="true">{}</span>', capfirst(header["text"]))
            if is_named
            else ""
        )
        # All three parts are what format_html made in the admin; they are only put together again.
        yield format_html("{}{}>{}{}", ROLES[tag], mark_safe(attributes), name, mark_safe(value))
