"""Whether a competition can open: every rule it needs is set, and what is missing is said."""

from accounts.models import Size
from applications.models import Competition, PotSharing, ResearchCategory

#: Rules that may not be empty, and the sentence for each that is.
REQUIRED = {
    "summary": "The summary is not set.",
    "eligibility": "Who can apply is not set.",
    "scope": "The scope is not set.",
    "opens_at": "The opening date and time are not known.",
    "closes_at": "The closing date and time are not known.",
    "pot_statement": "The money available is not stated.",
    "pot_sharing": "How the money of the pot is shared is not set.",
    "limit_basis": "Whether the money limits bind project costs or the grant is not known.",
    "limit_max": "The upper money limit is not known.",
    "latest_start_on": "The latest start date is not known.",
    "latest_end_on": "The latest end date is not known.",
    "subsidy_basis": "The subsidy basis is not known.",
    "lead_types": "Who can lead a project is not set.",
}


def missing(competition: Competition) -> list[str]:
    """Return a sentence for each thing to be set before ``competition`` can open; none when it can."""
    sentences = [
        sentence for name, sentence in REQUIRED.items() if getattr(competition, name) in (None, "", [])
    ]
    if not competition.ends_exactly_on and None in (competition.duration_min, competition.duration_max):
        sentences.append("The shortest and longest duration are not known.")
    if competition.pot_sharing == PotSharing.PARTS and not competition.pot_part:
        sentences.append("The competition's part of the pot is not set.")
    if competition.needs_partners and competition.research_participation_max is None:
        sentences.append("The largest share of research organisations is not known.")
    return sentences + _missing_questions(competition) + _missing_percentages(competition)


def _missing_questions(competition: Competition) -> list[str]:
    if competition.question_set is None:
        return ["The questions are not known."]
    if not any(question.is_scored for question in competition.question_set.questions.all()):
        return ["The question set has no scored question."]
    return []


def _missing_percentages(competition: Competition) -> list[str]:
    """An intensity table must have a percentage for every research category and size."""
    if competition.intensity_table is None:
        return ["The maximum percentages of costs that a grant covers are not known."]
    set_cells = {(cell.research_category, cell.size) for cell in competition.intensity_table.cells.all()}
    needed = {
        (category, size) for category in ResearchCategory.values for size in [*Size.values, "non_business"]
    }
    if needed - set_cells:
        return ["The table of maximum percentages has gaps."]
    return []
