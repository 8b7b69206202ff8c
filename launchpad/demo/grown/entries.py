"""One application, from its organisations to its status, written on the sheets of its block."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from random import Random

from applications import finances, sections
from applications.application_notices import APPLICATION_SUBMITTED
from applications.duration import months_after
from applications.models import Competition, ResearchCategory, Strand
from applications.workflow import Status
from launchpad.demo import texts
from launchpad.demo.grown import money, notifications, organisations, projects, trail, writing
from launchpad.demo.grown.money import Part
from launchpad.demo.grown.organisations import Body
from launchpad.demo.grown.plan import DRAFTS, Call, Fate, Plan
from launchpad.demo.grown.references import reference
from launchpad.demo.grown.sheets import Sheets
from launchpad.demo.grown.trail import Deed

STATUS = {
    Fate.BEGUN: Status.DRAFT,
    Fate.READY: Status.DRAFT,
    Fate.SUBMITTED: Status.SUBMITTED,
    Fate.WITHDRAWN: Status.WITHDRAWN,
    Fate.INELIGIBLE: Status.INELIGIBLE,
    Fate.BEING_ASSESSED: Status.IN_ASSESSMENT,
    Fate.ASSESSED: Status.IN_ASSESSMENT,
}
#: The pages that each organisation saves, and those that the lead saves for all.
OWN_PAGES = (sections.ORGANISATION, finances.OVERHEADS, sections.FUNDING)
LEADS_PAGES = (sections.DETAILS, sections.DECLARATIONS)
#: What an unfinished draft has at most: answers, and lines of costs.
ANSWERS_BEGUN, LINES_BEGUN = 9, 3


@dataclass(frozen=True)
class Entry:
    """An application before it is written: who, for what, when and how far."""

    plan: Plan
    call: Call
    number: int
    fate: Fate
    dice: Random

    @property
    def pk(self) -> int:
        return self.plan.application_id(self.number)

    @property
    def competition(self) -> Competition:
        return self.call.competition

    @property
    def is_whole(self) -> bool:
        return self.fate is not Fate.BEGUN

    @property
    def is_entered(self) -> bool:
        """Whether it was submitted and still stands."""
        return self.fate not in DRAFTS and self.fate is not Fate.WITHDRAWN

    @cached_property
    def bodies(self) -> list[Body]:
        """The lead, and for a collaborative project one to three partners, never twice the same."""
        plan, dice = self.plan, self.dice
        numbers = [organisations.some_business(dice, plan.bodies)]
        if self.competition.strand == Strand.CRD and self.is_whole:
            for _ in range(dice.randint(1, 2)):
                numbers.append(organisations.some_business(dice, plan.bodies))
            if dice.random() < 0.6:
                numbers.append(organisations.some_other(dice, plan.bodies))
            while len(set(numbers)) < 2:
                numbers.append(organisations.some_business(dice, plan.bodies))
        return [organisations.body(plan.seed, number) for number in dict.fromkeys(numbers)]

    @property
    def lead(self) -> Body:
        return self.bodies[0]

    @property
    def writer(self) -> int:
        return self.plan.contact_id(self.lead.number)

    @cached_property
    def submitted_at(self) -> datetime:
        """Most come in during the last days, some in the last minutes."""
        opens_at, closes_at = self.competition.opens_at, self.competition.closes_at
        end = self.plan.not_after_now(closes_at - timedelta(seconds=30))
        before = timedelta(seconds=int(self.dice.expovariate(1 / 250_000)))
        return max(end - before, opens_at + timedelta(days=1))

    @cached_property
    def started_at(self) -> datetime:
        before = timedelta(hours=self.dice.randint(20, 500))
        return max(self.submitted_at - before, self.competition.opens_at + timedelta(minutes=1))

    @property
    def looked_at(self) -> datetime:
        """When the office took it up: it went to assessment then, or was found ineligible."""
        after = timedelta(days=2, minutes=self.number % 400)
        return self.plan.not_after_now(self.competition.closes_at + after)

    @cached_property
    def category(self) -> ResearchCategory:
        return self.dice.choice(list(ResearchCategory))

    @cached_property
    def months(self) -> int:
        return self.dice.randint(self.competition.duration_min, self.competition.duration_max)

    @cached_property
    def parts(self) -> list[Part]:
        maxima = self.plan.maxima[self.category]
        found = money.parts(self.competition, self.bodies, maxima, self.months, self.dice)
        return found if self.is_whole else [money.begun(found[0], LINES_BEGUN)]


def write(plan: Plan, call: Call, number: int, sheets: Sheets) -> Entry:
    """Put application ``number`` and all that its writers wrote on the sheets."""
    dice = Random(f"{plan.seed} application {number}")
    entry = Entry(plan, call, number, call.fate(number), dice)
    project = projects.project(call.competition.region.code, entry.lead, dice)
    outline = texts.Plan(
        months=entry.months,
        costs=int(sum(part.total for part in entry.parts)),
        grant=int(sum(part.grant for part in entry.parts)),
        partners=[body.name for body in entry.bodies[1:]],
    )
    facts = texts.facts(project, outline, dice)
    _head(entry, project, facts, sheets)
    for place, part in enumerate(entry.parts):
        _part(entry, place, part, sheets)
    _answers(entry, facts, sheets)
    _moves(entry, sheets)
    return entry


def _head(entry: Entry, project: dict[str, str], facts: dict, sheets: Sheets) -> None:
    competition, dice, is_whole = entry.competition, entry.dice, entry.is_whole
    is_again = dice.random() < 0.05
    again = (reference(entry.plan.seed + 1, entry.number), project["title"]) if is_again else ("", "")
    entered = entry.is_entered
    is_told = entry.fate is Fate.INELIGIBLE and entry.call.is_released
    sheets.applications.add(
        entry.pk,
        reference(entry.plan.seed, entry.number),
        competition.pk,
        STATUS[entry.fate],
        project["title"],
        months_after(competition.latest_start_on, -dice.randint(0, 2)),
        entry.months,
        entry.category,
        is_again,
        *again,
        writing.activity(facts, dice),
        True if is_whole else None,
        False if is_whole else None,
        dice.random() < 0.98 if is_whole else None,
        sum(part.total for part in entry.parts),
        sum(part.grant for part in entry.parts),
        entry.writer,
        entry.started_at,
        entry.writer if entered else None,
        entry.submitted_at if entered else None,
        entry.looked_at if is_told else None,
    )


def _part(entry: Entry, place: int, part: Part, sheets: Sheets) -> None:
    body, pk = part.body, entry.plan.participant_id(entry.number, place)
    is_whole = entry.is_whole
    sheets.participants.add(
        pk,
        entry.pk,
        entry.plan.body_id(body.number),
        place == 0,
        body.name,
        body.company_number,
        body.kind,
        body.size,
        entry.plan.begins_at.date(),
        body.postcode if is_whole else "",
        entry.plan.areas[body.place].pk if is_whole else None,
        part.method,
        part.percentage if is_whole else None,
        entry.started_at if is_whole else None,
        part.total,
        part.other,
        part.grant,
        part.contribution,
    )
    for line in part.lines:
        given = line.inputs.get
        sheets.lines.add(
            pk,
            line.category,
            given("description"),
            given("detail", ""),
            given("country", ""),
            given("annual_cost"),
            given("working_days"),
            given("days"),
            given("quantity"),
            given("unit_cost"),
            given("new_price"),
            given("residual_value"),
            given("utilisation"),
            line.amount,
            entry.writer,
            entry.started_at,
        )
    for page in (*OWN_PAGES, *(LEADS_PAGES if place == 0 else ())):
        sheets.pages.add(pk, page, entry.writer, entry.started_at)
    for source in part.sources:
        sheets.sources.add(pk, source.source, source.secured_on, source.amount)


def _answers(entry: Entry, facts: dict, sheets: Sheets) -> None:
    """Answers and finished sections: all of them, or the first few of a draft that was left."""
    dice, questions = entry.dice, entry.plan.questions
    keys = [section.key for section in sections.of_form(questions)]
    if not entry.is_whole:
        questions = questions[: dice.randint(1, ANSWERS_BEGUN)]
        keys = [question.key for question in questions[:-1]]
    step = (entry.submitted_at - entry.started_at) / (len(keys) + 2)
    for place, question in enumerate(questions):
        text, saved_at = writing.answer(question.key, facts, dice), entry.started_at + place * step
        sheets.answers.add(entry.pk, question.pk, text, entry.writer, saved_at)
    for place, key in enumerate(keys, start=1):
        sheets.sections.add(entry.pk, key, entry.writer, entry.started_at + place * step)


def _moves(entry: Entry, sheets: Sheets) -> None:
    """The moves that led to where it stands. Grown entries have no receipts."""
    if entry.fate in DRAFTS:
        return
    changes, manager = sheets.changes, entry.plan.staff.manager
    changes.add(entry.pk, Status.DRAFT, Status.SUBMITTED, entry.writer, entry.submitted_at)
    trail.add(
        sheets.trail,
        entry.plan,
        entry.number,
        Deed.SUBMIT,
        by=entry.writer,
        about=entry.pk,
        at=entry.submitted_at,
        before={"status": Status.DRAFT},
        after={
            "status": Status.SUBMITTED,
            "grant_sought": str(sum(part.grant for part in entry.parts)),
            "total_costs": str(sum(part.total for part in entry.parts)),
        },
    )
    match entry.fate:
        case Fate.WITHDRAWN:
            withdrawn_at = entry.plan.not_after_now(entry.submitted_at + timedelta(minutes=20))
            changes.add(entry.pk, Status.SUBMITTED, Status.WITHDRAWN, entry.writer, withdrawn_at)
        case Fate.INELIGIBLE:
            changes.add(entry.pk, Status.SUBMITTED, Status.INELIGIBLE, manager, entry.looked_at)
        case Fate.BEING_ASSESSED | Fate.ASSESSED:
            changes.add(entry.pk, Status.SUBMITTED, Status.IN_ASSESSMENT, manager, entry.looked_at)
    for person in editors(entry.plan, entry.lead):
        notifications.add(
            sheets.notifications,
            entry.plan,
            entry.number,
            kind=APPLICATION_SUBMITTED,
            to=person,
            about=("application", entry.pk),
            cause=f"application {entry.pk} submitted: person {person}",
            at=entry.submitted_at,
        )


def editors(plan: Plan, body: Body) -> list[int]:
    """The people who may edit for an organisation."""
    second = [plan.second_id(body.number)] if body.has_second and body.second_may_edit else []
    return [plan.contact_id(body.number), *second]
