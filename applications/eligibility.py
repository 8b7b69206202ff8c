"""The eligibility rules that block a submission, tried all together."""

from collections.abc import Collection
from datetime import datetime

from accounts.models import Kind
from applications import costs, money_rules, parts, questions, rules, sections
from applications.models import Application, Participant
from applications.rules import Breach

__all__ = ["Breach", "blocking", "breaches", "form_sections", "of_those_left"]


def breaches(application: Application, *, at: datetime) -> list[Breach]:
    """Return every rule that ``application`` breaks at ``at``, in the order of the rules' numbers.

    Reads the participants with their costs, the maxima, the marked sections and the questions: as
    many queries whatever their number.
    """
    participants = parts.of(application)
    lead = participants[0]
    found = [
        *_of_the_clock(application, at),
        *_of_the_lead(application, lead),
        *money_rules.breaches(application, participants),
        *rules.dates_and_duration(application),
        *_of_the_places(participants),
        *_of_the_declarations(application),
        *_of_the_partners(application, participants),
        *_of_the_sections(application),
    ]
    return sorted(found, key=lambda breach: breach.rule)


def of_those_left(application: Application, participants: Collection[Participant]) -> list[Breach]:
    """Return what is broken of the rules on sums and partners where only ``participants`` are left.

    The project's sums are theirs then, and what a waiver gave it stays. Asks nothing.
    """
    project = Application(
        competition=application.competition,
        total_costs=sum(one.total_costs for one in participants),
        grant_sought=sum(one.grant_sought for one in participants),
        waived_amount=application.waived_amount,
    )
    found = [*rules.money_limits(project), *_of_the_partners(project, participants)]
    return sorted(found, key=lambda breach: breach.rule)


def blocking(found: list[Breach]) -> list[Breach]:
    return [breach for breach in found if breach.blocks]


def form_sections(application: Application) -> list[sections.Section]:
    return sections.of_form(questions.of(application))


def completed(application: Application) -> set[str]:
    """Return the keys of the sections marked as complete, as read with it or, where they were not, now."""
    if "completed" in vars(application):
        return set(application.completed)
    return set(application.completed_sections.values_list("section", flat=True))


def _of_the_clock(application: Application, at: datetime) -> list[Breach]:
    closes_at = application.competition.closes_at
    return [Breach("ELIG-01", rules.closed(closes_at))] if closes_at and at >= closes_at else []


def _of_the_lead(application: Application, lead: Participant) -> list[Breach]:
    """ELIG-02: a business may still be finishing its registration, so a missing number only warns."""
    found = []
    if "uk_registered_business" in application.competition.lead_types:
        if not lead.is_business:
            found.append(Breach("ELIG-02", rules.BUSINESS_LEADS, sections.ORGANISATION))
        elif not lead.company_number:
            found.append(Breach("ELIG-02", rules.REGISTER_FIRST, sections.ORGANISATION, blocks=False))
    if lead.kind == Kind.RESEARCH:
        found.append(Breach("ELIG-17", rules.NO_ACADEMIC_LEAD, sections.ORGANISATION))
    return found


def _of_the_places(participants: list[Participant]) -> list[Breach]:
    """ELIG-11 is for the office to decide (``applications.flags``); the applicant is told that it will be."""
    found = [Breach("ELIG-11", rules.OUTSIDE, sections.DETAILS, blocks=False)]
    return found if any(participant.elsewhere for participant in participants) else []


def _of_the_declarations(application: Application) -> list[Breach]:
    found = []
    if application.is_exploited_from_uk is False:
        found.append(Breach("ELIG-13", rules.FROM_UK, sections.DECLARATIONS, blocks=False))
    if application.has_russian_involvement:
        found.append(Breach("ELIG-14", rules.NOT_RUSSIAN, sections.DECLARATIONS))
    return found


def _of_the_partners(application: Application, participants: Collection[Participant]) -> list[Breach]:
    competition = application.competition
    if not competition.needs_partners:
        return []
    found = []
    if sum(participant.grant_sought > 0 for participant in participants) < 2:
        found.append(Breach("ELIG-15", rules.ADD_A_PARTNER, sections.FUNDING))
    research = sum(p.total_costs for p in participants if not p.is_business)
    share = costs.research_participation(research, sum(p.total_costs for p in participants))
    most = competition.research_participation_max
    if most is not None and share > most:
        found.append(Breach("ELIG-16", rules.LESS_RESEARCH, sections.COSTS))
    return found


def _of_the_sections(application: Application) -> list[Breach]:
    """ELIG-24, a breach for each section that is not marked as complete."""
    complete = completed(application)
    return [
        Breach("ELIG-24", "Complete all sections before submitting.", section.key)
        for section in form_sections(application)
        if section.key not in complete
    ]
