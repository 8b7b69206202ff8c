"""The sections of an application form, in the order in which the task list shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

DETAILS = "details"
ORGANISATION = "organisation"
COSTS = "costs"
FUNDING = "funding"
DECLARATIONS = "declarations"


class Group(StrEnum):
    PROJECT = "Your project"
    QUESTIONS = "Questions the assessors score"
    MONEY = "Your organisation and its money"
    DECLARATIONS = "Declarations"


class Progress(StrEnum):
    NOT_STARTED = "Not started"
    IN_PROGRESS = "In progress"
    COMPLETED = "Completed"


@dataclass(frozen=True, slots=True)
class Section:
    """A page of the form. ``is_question``: the key is that of a question, answered in text."""

    key: str
    title: str
    group: Group
    is_question: bool = False


FIXED = (
    Section(DETAILS, "Application details", Group.PROJECT),
    Section(ORGANISATION, "Your organisation's part", Group.MONEY),
    Section(COSTS, "Project costs", Group.MONEY),
    Section(FUNDING, "Funding", Group.MONEY),
    Section(DECLARATIONS, "Declarations", Group.DECLARATIONS),
)


def of_form(questions: Iterable) -> list[Section]:
    """Return the sections of a form that asks ``questions`` (in their order)."""
    asked = [
        Section(question.key, str(question), Group.QUESTIONS if question.is_scored else Group.PROJECT, True)
        for question in questions
    ]
    order = list(Group)
    return sorted([*FIXED[:1], *asked, *FIXED[1:]], key=lambda section: order.index(section.group))
