"""JSON in which a sum is a number and exact: the same values are the same bytes."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any


def as_json(value: Any, indent: int = 0) -> str:
    """Write texts, Decimals, lists and objects, a member to a line; keys stay in their order.

    Python's own writer would take a Decimal through a float. Worked: Decimal("1250.00") is 1250, and
    Decimal("1250.50") is 1250.50.
    """
    inner = "\n" + " " * (indent + 1)
    end = "\n" + " " * indent
    if isinstance(value, Decimal):
        return f"{value:.0f}" if value == value.to_integral_value() else f"{value:.2f}"
    if isinstance(value, Mapping):
        members = [f"{_text(key)}: {as_json(one, indent + 1)}" for key, one in value.items()]
        return "{" + inner + ("," + inner).join(members) + end + "}" if members else "{}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        items = [as_json(one, indent + 1) for one in value]
        return "[" + inner + ("," + inner).join(items) + end + "]" if items else "[]"
    return _text(value)


def read(text: str) -> Any:
    """The values of such a text; every number with a fraction as a Decimal."""
    return json.loads(text, parse_float=Decimal)


def _text(value: Any) -> str:
    if isinstance(value, float):
        raise TypeError("money is never a float")
    return json.dumps(value, ensure_ascii=False)
