"""How far the drafts are that somebody has in hand: which sections are done and which are left."""

from collections.abc import Iterable
from dataclasses import dataclass

from applications import sections
from applications.models import Application, CompletedSection, Question
from applications.sections import Section


@dataclass(frozen=True, slots=True)
class InHand:
    sections: list[Section]
    left: list[Section]

    @property
    def done(self) -> int:
        return len(self.sections) - len(self.left)

    @property
    def percent(self) -> int:
        """Rounded down: 100 is said of a form that is complete, and of no other."""
        return 100 * self.done // len(self.sections)


def of(drafts: Iterable[Application]) -> dict[int, InHand]:
    """Return how far each is, by its id, in two queries however many there are.

    Their competitions are loaded.
    """
    drafts = list(drafts)
    forms = _forms({draft.competition.question_set_id for draft in drafts})
    complete: dict[int, set[str]] = {draft.pk: set() for draft in drafts}
    marks = CompletedSection.objects.filter(application__in=complete)
    for application, section in marks.values_list("application_id", "section"):
        complete[application].add(section)
    found = {}
    for draft in drafts:
        form = forms[draft.competition.question_set_id]
        found[draft.pk] = InHand(form, [section for section in form if section.key not in complete[draft.pk]])
    return found


def _forms(question_sets: Iterable[int | None]) -> dict[int | None, list[Section]]:
    """The sections of each form, by its question set."""
    asked: dict[int | None, list[Question]] = {one: [] for one in question_sets}
    for question in Question.objects.filter(question_set__in=asked).order_by("position"):
        asked[question.question_set_id].append(question)
    return {one: sections.of_form(questions) for one, questions in asked.items()}
