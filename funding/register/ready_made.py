"""Questions that a programme like this is asked again and again, with the tables that answer each."""

from collections.abc import Mapping
from dataclasses import dataclass

#: Tables of a programme report that an answer may quote, by their names there.
TABLES: Mapping[str, str] = {
    "projects": "Projects funded",
    "budgets": "Where each budget stands",
    "by-region": "By region",
    "by-competition": "By competition",
    "by-strand": "By strand",
    "by-theme": "By theme",
    "by-area": "By area",
    "by-size": "By size of organisation",
    "by-research-category": "By research category",
    "received": "Applications received",
    "ineligible": "Ineligible, by reason",
    "scores": "Success rates and scores",
    "bands": "Scores by band",
    "awards": "Awards that hold money",
    "awards-over": "Awards that gave their money back",
    "by-financial-year": "Forecast by financial year",
    "first-time": "First-time applicants",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyMade:
    """A question as it is usually asked. ``name`` stands in addresses."""

    name: str
    question: str
    tables: tuple[str, ...]


QUESTIONS = (
    ReadyMade(
        name="projects",
        question="Which projects has the programme funded, with the amounts, dates and outcomes?",
        tables=("projects",),
    ),
    ReadyMade(
        name="success-rate",
        question="How many applications were received and funded in each round, and what was the "
        "success rate?",
        tables=("received", "scores"),
    ),
    ReadyMade(
        name="who-was-awarded",
        question="How much has been awarded in each region and local authority area, and by size of "
        "organisation?",
        tables=("by-region", "by-area", "by-size"),
    ),
    ReadyMade(
        name="paid",
        question="How much of the programme's money has been paid out to date, and how much is committed?",
        tables=("budgets", "awards"),
    ),
    ReadyMade(
        name="forecast",
        question="How much is forecast to be spent in each financial year?",
        tables=("by-financial-year",),
    ),
)

BY_NAME: Mapping[str, ReadyMade] = {one.name: one for one in QUESTIONS}
