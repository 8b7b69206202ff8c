"""What is wrong with the files, gathered so that all of it can be told at once."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: in which file, at which entry and field, and why."""

    file: str
    entry: str
    field: str
    reason: str

    def __str__(self):
        place = ", ".join(part for part in (self.file, self.entry, self.field) if part)
        return f"{place}: {self.reason}"


class BadFiles(Exception):
    """The files cannot be loaded as they are; nothing was written. ``problems`` lists all of them."""

    def __init__(self, problems: list[Problem]):
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
