"""Applications at any point of their way."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts.models import Organisation, User
from accounts.roles import Role
from applications import drafting, eligibility, finances
from applications.models import (
    Answer,
    Application,
    Category,
    Competition,
    OverheadMethod,
    Participant,
    ResearchCategory,
)
from applications.references import new_reference
from applications.workflow import Status
from tests.make import organisations, people
from tests.make.competitions import area, closed_competition, competition, open_now
from tests.make.times import NOON

__all__ = [
    "answer",
    "application",
    "closed_competition",
    "competition",
    "complete_draft",
    "draft",
    "editor",
    "labour",
    "lead",
    "open_now",
    "partner",
]

DETAILS = {
    "title": "Lighter gears from recycled steel",
    "start_on": date(2037, 1, 1),
    "duration_months": 6,
    "research_category": ResearchCategory.INDUSTRIAL,
    "is_resubmission": False,
    "cluster_activity": "We make gears in Knowsley and will take on six people there.",
}


def lead(application: Application) -> Participant:
    return application.participants.get(is_lead=True)


def partner(application: Application, organisation: Organisation | None = None) -> Participant:
    """Let a further organisation take part, asking for nothing yet."""
    organisation = organisation or organisations.organisation()
    return Participant.objects.create(
        application=application,
        organisation=organisation,
        is_lead=False,
        name=organisation.name,
        company_number=organisation.company_number,
        kind=organisation.kind,
        size=organisation.size,
        details_on=organisation.details_confirmed_on,
    )


def editor(application: Application) -> User:
    """Somebody who may edit the application: the one who started it."""
    return application.started_by


def draft(
    within: Competition | None = None,
    organisation: Organisation | None = None,
    *,
    by: User | None = None,
    at: datetime = NOON,
) -> Application:
    """Start an application, with nothing filled in."""
    organisation = organisation or organisations.organisation()
    by = by or people.member(organisation)
    return drafting.start(within or competition(), organisation, by=by, at=at)


def answer(application: Application, key: str, text: str, at: datetime = NOON) -> Answer:
    question = application.competition.question_set.questions.get(key=key)
    return drafting.save_answer(application, question, text, by=application.started_by, at=at)


def labour(application: Application, pounds: int, at: datetime = NOON):
    """Add a line of labour that comes to exactly ``pounds``."""
    inputs = {"description": "Engineer", "annual_cost": Decimal(pounds), "working_days": 1, "days": 1}
    return finances.save_line(lead(application), Category.LABOUR, inputs, by=application.started_by, at=at)


def complete_draft(
    within: Competition | None = None,
    organisation: Organisation | None = None,
    *,
    by: User | None = None,
    at: datetime = NOON,
    pounds: int = 80_000,
    percentage: Decimal = Decimal(70),
) -> Application:
    """A draft that can be submitted: every section filled in and marked as complete."""
    made = draft(within, organisation, by=by, at=at)
    doer = {"by": made.started_by, "at": at}
    drafting.save_details(made, DETAILS, **doer)
    drafting.save_part(lead(made), work_postcode="L3 4AA", work_area=area(), terms_accepted=True, **doer)
    for question in made.competition.question_set.questions.all():
        drafting.save_answer(made, question, f"What we say about {question.title.lower()}.", **doer)
    labour(made, pounds, at)
    finances.set_overheads(lead(made), OverheadMethod.NONE, **doer)
    finances.set_funding(lead(made), percentage, [], **doer)
    drafting.save_declarations(made, {"has_russian_involvement": False, "is_exploited_from_uk": True}, **doer)
    for section in eligibility.form_sections(made):
        drafting.complete(made, section.key, **doer)
    made.refresh_from_db()
    return made


def application(
    status: Status = Status.SUBMITTED,
    within: Competition | None = None,
    organisation: Organisation | None = None,
    *,
    by: User | None = None,
    total_costs: Decimal = Decimal("80000.00"),
    grant_sought: Decimal = Decimal("56000.00"),
    **fields,
) -> Application:
    """An application in ``status``, by its rows alone: one organisation, an answer to each question.

    Past its draft it belongs to a competition that has closed, unless ``within`` names another.
    """
    is_draft = status == Status.DRAFT
    within = within or (competition() if is_draft else closed_competition())
    organisation = organisation or organisations.organisation()
    by = by or people.member(organisation)
    submitted = {} if is_draft else {"submitted_by": by, "submitted_at": within.closes_at - timedelta(days=7)}
    made = Application.objects.create(
        **{
            "reference": new_reference(),
            "competition": within,
            "status": status,
            **DETAILS,
            "has_russian_involvement": False,
            "is_exploited_from_uk": True,
            "total_costs": total_costs,
            "grant_sought": grant_sought,
            "started_by": by,
            "started_at": within.opens_at,
            **submitted,
            **fields,
        }
    )
    Participant.objects.create(
        application=made,
        organisation=organisation,
        is_lead=True,
        name=organisation.name,
        company_number=organisation.company_number,
        kind=organisation.kind,
        size=organisation.size,
        details_on=organisation.details_confirmed_on,
        work_postcode="L3 4AA",
        work_area=area(),
        overhead_method=OverheadMethod.NONE,
        percentage_asked=Decimal(70),
        terms_accepted_at=NOON,
        total_costs=total_costs,
        grant_sought=grant_sought,
        contribution=total_costs - grant_sought,
    )
    Answer.objects.bulk_create(
        Answer(
            application=made,
            question=question,
            text=f"What we say about {question.title.lower()}.",
            saved_by=by,
            saved_at=within.opens_at,
        )
        for question in within.question_set.questions.all()
    )
    return made


def stranger(*roles: Role) -> User:
    """Somebody of another organisation, with an application of their own there to leak into."""
    return draft().started_by if not roles else people.user(*roles)
