"""The eligibility rules that block a submission, tried all together."""

from datetime import datetime

from accounts.models import Kind
from applications import costs, finances, labour, rules, sections
from applications.models import Application, Participant
from applications.rules import Breach

__all__ = ["Breach", "blocking", "breaches", "form_sections"]


def breaches(application: Application, *, at: datetime) -> list[Breach]:
    """Return every rule that ``application`` breaks at ``at``, in the order of the rules' numbers.

    Reads the participants, their maxima, the marked sections and the questions: as many
    queries whatever their number, but for one more to each participant.
    """
    participants = list(application.participants.order_by("-is_lead", "pk"))
    lead = participants[0]
    found = [
        *_of_the_clock(application, at),
        *_of_the_lead(application, lead),
        *rules.money_limits(application),
        *rules.dates_and_duration(application),
        *_of_the_places(participants),
        *_of_the_declarations(application),
        *_of_the_partners(application, participants),
        *_of_the_percentages(application, participants),
        *_of_the_labour(application, participants),
        *_of_the_sections(application),
    ]
    return sorted(found, key=lambda breach: breach.rule)


def blocking(found: list[Breach]) -> list[Breach]:
    return [breach for breach in found if breach.blocks]


def form_sections(application: Application) -> list[sections.Section]:
    questions = application.competition.question_set.questions.order_by("position")
    return sections.of_form(questions)


def _of_the_clock(application: Application, at: datetime) -> list[Breach]:
    closes_at = application.competition.closes_at
    return [Breach("ELIG-01", rules.closed(closes_at))] if closes_at and at >= closes_at else []


def _of_the_lead(application: Application, lead: Participant) -> list[Breach]:
    """ELIG-02: a business may still be finishing its registration, so a missing number only warns."""
    found = []
    if "uk_registered_business" in application.competition.lead_types:
        if not lead.is_business:
            found.append(
                Breach("ELIG-02", "The lead must be a UK registered business.", sections.ORGANISATION)
            )
        elif not lead.company_number:
            message = "Your organisation must have finished its registration before an award."
            found.append(Breach("ELIG-02", message, sections.ORGANISATION, blocks=False))
    if lead.kind == Kind.RESEARCH:
        message = "Academic institutions cannot lead a project or work alone."
        found.append(Breach("ELIG-17", message, sections.ORGANISATION))
    return found


def _of_the_places(participants: list[Participant]) -> list[Breach]:
    """ELIG-11 is for the office to decide (``applications.flags``); the applicant is told that it will be."""
    message = (
        "Your work is outside the competition's region. Explain your activity in the cluster: "
        "we decide by that whether the project can be funded."
    )
    found = [Breach("ELIG-11", message, sections.DETAILS, blocks=False)]
    return found if any(participant.elsewhere for participant in participants) else []


def _of_the_declarations(application: Application) -> list[Breach]:
    found = []
    if application.is_exploited_from_uk is False:
        message = "Results should be exploited from or in the UK. Say in your answers why they will not be."
        found.append(Breach("ELIG-13", message, sections.DECLARATIONS, blocks=False))
    if application.has_russian_involvement:
        message = "Projects involving Russian entities or goods cannot be funded."
        found.append(Breach("ELIG-14", message, sections.DECLARATIONS))
    return found


def _of_the_partners(application: Application, participants: list[Participant]) -> list[Breach]:
    competition = application.competition
    if not competition.needs_partners:
        return []
    found = []
    if sum(participant.grant_sought > 0 for participant in participants) < 2:
        found.append(Breach("ELIG-15", "Add a partner that claims grant.", sections.FUNDING))
    research = sum(p.total_costs for p in participants if not p.is_business)
    share = costs.research_participation(research, sum(p.total_costs for p in participants))
    most = competition.research_participation_max
    if most is not None and share > most:
        found.append(Breach("ELIG-16", "Research organisations' share is above the maximum.", sections.COSTS))
    return found


def _of_the_percentages(application: Application, participants: list[Participant]) -> list[Breach]:
    """The maximum percentage binds each organisation; it has no number in the list of rules."""
    found = []
    for participant in participants:
        maximum = finances.maximum_percentage(participant, application)
        asked = participant.percentage_asked
        if asked is not None and maximum is not None and asked > maximum:
            found.append(Breach("FUNDING", rules.above_maximum(maximum), sections.FUNDING))
    return found


def _of_the_labour(application: Application, participants: list[Participant]) -> list[Breach]:
    """More days than a person can work; no number in the list of rules either."""
    messages = labour.too_many_days(application, participants)
    return [Breach("DAYS", message, sections.COSTS) for message in messages]


def _of_the_sections(application: Application) -> list[Breach]:
    """ELIG-24, a breach for each section that is not marked as complete."""
    complete = set(application.completed_sections.values_list("section", flat=True))
    return [
        Breach("ELIG-24", "Complete all sections before submitting.", section.key)
        for section in form_sections(application)
        if section.key not in complete
    ]
