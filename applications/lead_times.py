"""How long before a close people are reminded: a list of hours, and what people write for it."""

import re

LONGEST, AT_MOST = 60 * 24, 6
TIME = re.compile(r"(\d{1,4})\s*(days?|hours?|d|h)", re.I)


class NotLeadTimes(ValueError):
    """The text cannot be read as lead times; the message says what to write."""


def in_words(hours: list[int]) -> str:
    """``[336, 24, 2]`` as ``14 days, 1 day, 2 hours``; nothing for none."""
    return ", ".join(_in_words(time) for time in hours)


def _in_words(hours: int) -> str:
    number, unit = (hours, "hour") if hours % 24 else (hours // 24, "day")
    return f"{number} {unit}{'' if number == 1 else 's'}"


def read(text: str) -> list[int]:
    """The lead times of a text such as ``14 days, 1 day and 2 hours``, longest first. Raises NotLeadTimes."""
    words = [word.strip() for word in re.split(r",|\band\b|\n", text) if word.strip()]
    hours = []
    for word in words:
        found = TIME.fullmatch(word)
        if not found:
            raise NotLeadTimes(f"Write days or hours, such as 3 days or 2 hours. “{word[:40]}” is neither.")
        hours.append(int(found[1]) * (24 if found[2].lower().startswith("d") else 1))
    if any(not 1 <= time <= LONGEST for time in hours):
        raise NotLeadTimes("A reminder is sent between 1 hour and 60 days before the close.")
    if len(set(hours)) > AT_MOST:
        raise NotLeadTimes(f"There can be up to {AT_MOST} reminders.")
    return sorted(set(hours), reverse=True)
