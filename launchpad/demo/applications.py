"""Applications of the demonstration, made by the same actions that the pages call.

Only answers, cost lines and completed sections are written many at once, to save more than ten
thousand queries: by the same rules and formulas, which stand in functions of their own.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random
from typing import Any

from accounts.models import Organisation, Size, User
from applications import completeness, drafting, eligibility, finances, submission, waivers, word_count
from applications.duration import months_after
from applications.models import (
    Answer,
    Application,
    Competition,
    CompletedSection,
    CostLine,
    OverheadMethod,
    Participant,
    Question,
    ResearchCategory,
)
from launchpad.demo import figures, organisations, texts
from launchpad.demo.figures import Share

#: What an organisation of each size asks for in industrial research, where the defaults apply.
PERCENTAGES = {Size.SMALL: Decimal(70), Size.MEDIUM: Decimal(60), Size.LARGE: Decimal(50)}
WHOLE = Decimal(100)
#: Well before the last day for it, ten working days before the close.
WAIVER_BEFORE_CLOSE = timedelta(days=30)


@dataclass(frozen=True)
class Writing:
    """Who writes which project for which competition."""

    competition: Competition
    project: dict
    organisations: dict[str, Organisation]
    questions: list[Question]
    dice: Random
    #: Who decides a waiver that the project needs.
    manager: User

    @property
    def lead(self) -> Organisation:
        return self.organisations[self.project["company"]]

    @cached_property
    def person(self) -> User:
        return organisations.member_of(self.lead)


def submit(writing: Writing, shares: list[Share], *, at: datetime) -> Application:
    """Write a whole application in the days before ``at`` and submit it then."""
    application = write(writing, shares, at=at - timedelta(days=writing.dice.randint(2, 9)))
    return submission.submit(application, by=writing.person, at=at)


def write(writing: Writing, shares: list[Share], *, at: datetime) -> Application:
    """Fill in every section and mark it as complete."""
    doer: dict[str, Any] = {"by": writing.person, "at": at}
    application = _begin(writing, at)
    application = drafting.save_details(application, details(writing), **doer)
    participants = [_participant(application, writing.organisations[share.organisation]) for share in shares]
    for participant, share in zip(participants, shares, strict=True):
        _fill_in(participant, share, writing, doer)
    application.refresh_from_db()

    plan = texts.Plan(
        months=application.duration_months or 0,
        costs=int(application.total_costs),
        grant=int(application.grant_sought),
        partners=[share.organisation for share in shares[1:]],
    )
    _answer(application, texts.answers(writing.project, plan, writing.dice), writing, doer)
    drafting.save_declarations(
        application, {"has_russian_involvement": False, "is_exploited_from_uk": True}, **doer
    )
    application.refresh_from_db()
    _complete(application, application.participants.get(is_lead=True), doer)
    return application


def _begin(writing: Writing, at: datetime) -> Application:
    """Begin it; where the project is larger than the limit, in time to ask for that to be waived."""
    if "waiver" not in writing.project:
        return drafting.start(writing.competition, writing.lead, by=writing.person, at=at)
    asked, begun_at = writing.project["waiver"], writing.competition.closes_at - WAIVER_BEFORE_CLOSE
    application = drafting.start(writing.competition, writing.lead, by=writing.person, at=begun_at)
    waiver = waivers.ask(
        application,
        amount=Decimal(asked["costs"]),
        reason=asked["reason"],
        by=writing.person,
        at=begun_at,
    )
    decided_at = begun_at + timedelta(days=2)
    waivers.decide(waiver, grant=True, reason=asked["answer"], by=writing.manager, at=decided_at)
    application.refresh_from_db()
    return application


def write_half(writing: Writing, *, at: datetime) -> Application:
    """Begin an application as somebody does who will come back to it."""
    doer: dict[str, Any] = {"by": writing.person, "at": at}
    application = drafting.start(writing.competition, writing.lead, **doer)
    drafting.save_details(application, details(writing), **doer)
    drafting.complete(application, "details", **doer)
    plan = texts.Plan(months=9, costs=80_000, grant=56_000, partners=[])
    given = texts.answers(writing.project, plan, writing.dice)
    for question in writing.questions[:6]:
        drafting.save_answer(application, question, given[question.key], **doer)
    for question in writing.questions[:4]:
        drafting.complete(application, question.key, **doer)
    lead = application.participants.get()
    for category, inputs in figures.lines(80_000, 9, writing.dice)[:3]:
        finances.save_line(lead, category, inputs, **doer)
    return application


def details(writing: Writing) -> dict:
    competition, dice = writing.competition, writing.dice
    least, most = competition.duration_min or 6, competition.duration_max or 12
    place = writing.project["place"]
    return {
        "title": writing.project["title"],
        "start_on": months_after(competition.latest_start_on, -dice.randint(0, 1)),
        "duration_months": dice.randint(max(least, most // 2), most),
        "research_category": ResearchCategory.INDUSTRIAL,
        "is_resubmission": False,
        "cluster_activity": f"We work in {place} today and will add people and a test area there.",
    }


def alone(project: dict, costs: int, percentage: Decimal) -> list[Share]:
    return [Share(project["company"], costs, percentage)]


def together(project: dict, sizes: dict[str, Organisation]) -> list[Share]:
    """Share out a grant between the lead and its partners so that it comes to the project's figure.

    Research bodies get a fifth at 100%, which keeps them below three tenths of the costs;
    partner firms three tenths at the percentage of their size; the lead the rest.
    """
    grant = project["grant"]
    parts = {
        name: grant * (30 if sizes[name].is_business else 20) // 100 // 1_000 * 1_000
        for name in project["partners"]
    }
    parts = {project["company"]: grant - sum(parts.values()), **parts}
    percentages = {
        name: PERCENTAGES[Size(sizes[name].size)] if sizes[name].is_business else WHOLE for name in parts
    }
    return [
        Share(name, figures.costs_for(part, percentages[name]), percentages[name])
        for name, part in parts.items()
    ]


def _participant(application: Application, organisation: Organisation) -> Participant:
    """The lead's part, or a new one for a partner: inviting partners has no action yet."""
    participant, _ = Participant.objects.get_or_create(
        application=application,
        organisation=organisation,
        defaults={
            "is_lead": False,
            "name": organisation.name,
            "company_number": organisation.company_number,
            "kind": organisation.kind,
            "size": organisation.size,
            "details_on": organisation.details_confirmed_on,
        },
    )
    return participant


def _fill_in(participant: Participant, share: Share, writing: Writing, doer: dict[str, Any]) -> None:
    months = participant.application.duration_months or 0
    place = writing.project["place"]
    drafting.save_part(
        participant,
        work_postcode=participant.organisation.postcode,
        work_area=organisations.area(place),
        terms_accepted=True,
        **doer,
    )
    CostLine.objects.bulk_create(
        CostLine(
            participant=participant,
            category=category,
            saved_by=doer["by"],
            saved_at=doer["at"],
            **{**inputs, "amount": finances.line_amount(category, inputs)},
        )
        for category, inputs in figures.lines(share.costs, months, writing.dice)
    )
    finances.set_overheads(participant, OverheadMethod.TWENTY, **doer)
    finances.set_funding(participant, share.percentage, [], **doer)


def _answer(application: Application, given: dict[str, str], writing: Writing, doer: dict[str, Any]) -> None:
    """Write all answers at once, held to the same limit as on the page."""
    for question in writing.questions:
        if refusal := word_count.refusal(given[question.key], question.word_limit):
            raise drafting.AnswerTooLong(refusal)
    Answer.objects.bulk_create(
        Answer(
            application=application,
            question=question,
            text=given[question.key],
            saved_by=doer["by"],
            saved_at=doer["at"],
        )
        for question in writing.questions
    )


def _complete(application: Application, lead: Participant, doer: dict[str, Any]) -> None:
    """Mark every section as complete at once; one that lacks something is refused as on the page.

    The answers have been held to their rule when they were written.
    """
    found = eligibility.form_sections(application)
    for section in found:
        if not section.is_question and (lacks := completeness.problems(application, lead, section.key)):
            raise completeness.Incomplete(lacks)
    CompletedSection.objects.bulk_create(
        CompletedSection(
            application=application,
            section=section.key,
            completed_by=doer["by"],
            completed_at=doer["at"],
        )
        for section in found
    )
