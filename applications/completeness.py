"""What a section of the form still needs before it can be marked as complete."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.refusals import Refusal
from applications import finances, labour, rules, sections, word_count
from applications.models import Application, Category, OverheadMethod, Participant, Question

#: Fields of the application details that must be filled in, and what to say where one is not.
DETAILS = {
    "title": "Enter the project's title.",
    "start_on": "Enter the project's start date.",
    "duration_months": "Enter how many months the project lasts.",
    "research_category": "Choose the research category.",
    "is_resubmission": "Say whether this is a re-submission.",
    "cluster_activity": "Explain your activity in the cluster.",
}
EARLIER = {
    "earlier_reference": "Enter the earlier application's number.",
    "earlier_title": "Enter the earlier application's title.",
}
PART = {
    "work_postcode": "Enter the postcode where most of the work happens.",
    "work_area_id": "Choose the local authority area.",
    "terms_accepted_at": "Accept the terms of an award.",
}
DECLARATIONS = {
    "has_russian_involvement": "Say whether the project involves Russian entities or goods.",
    "is_exploited_from_uk": "Say whether the results will be exploited from or in the UK.",
}


ABOUT_THE_START = ("ELIG-07", "START")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to mend, and the form's field where it is mended."""

    field: str
    message: str


class Incomplete(Refusal):
    """A section cannot be marked as complete; ``problems`` says why."""

    def __init__(self, problems: list[Problem]):
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = problems


def problems(application: Application, participant: Participant, section: str) -> list[Problem]:
    """Return what ``section`` of this organisation's form still needs, in the order of its fields."""
    match section:
        case sections.DETAILS:
            return _of_details(application)
        case sections.ORGANISATION:
            return _of_part(participant)
        case sections.COSTS:
            return _of_costs(application, participant)
        case sections.FUNDING:
            return _of_funding(application, participant)
        case sections.DECLARATIONS:
            return _unfilled(application, DECLARATIONS)
        case _:
            question = Question.objects.get(question_set=application.competition.question_set_id, key=section)
            return _of_answer(application, question)


def percent(application: Application, participant: Participant, section: str, answered: set[str]) -> int:
    """Return how much of what ``section`` must have is there, rounded down, from rows that were read already.

    answered  the keys of the questions that have a text
    """
    given = _given(application, participant, section, answered)
    return 100 * sum(given) // len(given)


def _given(
    application: Application, participant: Participant, section: str, answered: set[str]
) -> list[bool]:
    """For each thing that the section must have, whether it is there."""
    match section:
        case sections.DETAILS:
            return _filled(application, _needed_details(application))
        case sections.ORGANISATION:
            has_place = participant.work_area_id is not None or participant.elsewhere != ""
            return [*_filled(participant, PART.keys() - {"work_area_id"}), has_place]
        case sections.COSTS:
            lines = participant.cost_lines.all()
            explained = [bool(line.detail) for line in lines if line.category == Category.OVERHEADS]
            is_own = participant.overhead_method == OverheadMethod.CALCULATED
            counted = [bool(participant.overhead_method), participant.total_costs > 0]
            return counted + ([any(explained)] if is_own else [])
        case sections.FUNDING:
            return [participant.percentage_asked is not None]
        case sections.DECLARATIONS:
            return _filled(application, DECLARATIONS)
        case _:
            return [section in answered]


def _filled(row, fields: Iterable[str]) -> list[bool]:
    return [getattr(row, name) not in (None, "") for name in fields]


def _needed_details(application: Application) -> dict[str, str]:
    return DETAILS | (EARLIER if application.is_resubmission else {})


def _unfilled(row, fields: dict[str, str]) -> list[Problem]:
    return [
        Problem(name.removesuffix("_id").removesuffix("_at"), message)
        for name, message in fields.items()
        if getattr(row, name) in (None, "")
    ]


def _of_details(application: Application) -> list[Problem]:
    breaches = rules.dates_and_duration(application)
    return _unfilled(application, _needed_details(application)) + [
        Problem("start_on" if breach.rule in ABOUT_THE_START else "duration_months", breach.message)
        for breach in breaches
    ]


def _of_part(participant: Participant) -> list[Problem]:
    given = {"work_area_id"} if participant.elsewhere else set()
    return _unfilled(participant, {name: text for name, text in PART.items() if name not in given})


def _of_costs(application: Application, participant: Participant) -> list[Problem]:
    problems = []
    method, _, explanation = finances.overheads(participant)
    if not method:
        problems.append(Problem("method", "Choose how your overheads are counted."))
    elif method == OverheadMethod.CALCULATED and not explanation:
        problems.append(Problem("explanation", "Explain how you calculated the overheads."))
    if participant.total_costs <= 0:
        problems.append(Problem("", "Add your costs."))
    return problems + [Problem("", message) for message in labour.too_many_days(application, [participant])]


def _of_funding(application: Application, participant: Participant) -> list[Problem]:
    if participant.percentage_asked is None:
        return [Problem("percentage_asked", "Enter the percentage of your costs that you ask for.")]
    maximum = finances.maximum_percentage(participant, application)
    if maximum is None:
        return [Problem("percentage_asked", "Choose the research category first, under Application details.")]
    if participant.percentage_asked > maximum:
        return [Problem("percentage_asked", rules.above_maximum(maximum))]
    return []


def _of_answer(application: Application, question: Question) -> list[Problem]:
    answer = application.answers.filter(question=question).first()
    if answer is None or not answer.text.strip():
        return [Problem("text", "Write your answer.")]
    refusal = word_count.refusal(answer.text, question.word_limit)
    return [Problem("text", refusal)] if refusal else []
