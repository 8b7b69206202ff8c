"""Two regions with a row of every kind in each, and a word planted in every text of each row."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from django.apps import apps
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, models, transaction

from accounts import appointments, invitations, membership_requests, outbox, rewording, wording
from accounts.models import AuditEntry, JobRun, Notification, Region, User, reach
from accounts.roles import Appointment, Role
from applications import closing, submission
from applications.assessment import inviting, versions
from applications.models import (
    AgreementVersion,
    Application,
    Area,
    Assessment,
    AssessmentStatus,
    AssessorProfile,
    ClosingListEntry,
    Competition,
    CostLine,
    Exclusion,
    ParentCompany,
    Participant,
    PotSharing,
    Skill,
    Stage,
    Waiver,
)
from applications.workflow import Status
from funding import ledger_check
from funding.models import (
    Award,
    Budget,
    BudgetKind,
    LedgerCheck,
    LetterTemplate,
    MfaRecord,
    Transfer,
)
from funding.register.scopes import Scope
from funding.reports import programme, saved_views
from funding.subsidy import database
from tests.databases import as_owner
from tests.make import (
    applications,
    assessors,
    assistance,
    budgets,
    competitions,
    funding_files,
    offers,
    open_data,
    people,
    plans,
    register,
    scenarios,
)
from tests.make.times import NOON

REGIONS = {"TV": "Tees Valley", "LCR": "Liverpool City Region"}
OURS = ("accounts", "applications", "funding")

#: Texts that programs read: a word planted there would break the row instead of marking it.
READ_BY_PROGRAMS = frozenset(
    {
        "action", "cause", "channel", "channel_reference", "company_number", "country", "decline_reason",
        "digest", "enclosed", "fingerprint", "hash", "job", "key", "kind", "mac", "message_id", "page",
        "password", "pot", "previous", "receipt", "request_id", "section", "standing", "status",
        "subject_basis", "subject_word", "subsidy_basis", "work_postcode", "postcode", "state", "code",
        "ons_code",
    }
)  # fmt: skip
#: What names a row to people without anything planted.
NAMES = frozenset({"reference", "company_number", "email"})

_words = count(100)


@dataclass(frozen=True, slots=True)
class Planted:
    """A text that shows, wherever it is read, that a row was told.

    ``is_draft`` where it is of a draft; ``of_people`` for a notification about nobody's case, which
    administrators send again.
    """

    text: str
    model: type[models.Model]
    is_draft: bool
    of_people: bool = False


@dataclass(slots=True)
class Side:
    """One region: its row of each kind, its people, and the texts that give its rows away."""

    region: Region
    rows: dict[str, models.Model]
    member: User
    reader: User
    assessor: User
    planted: list[Planted]

    def __getitem__(self, kind: str) -> models.Model:
        return self.rows[kind]

    def row_of(self, model: type[models.Model]) -> models.Model | None:
        """The row that stands for a model in the admin: an application there is one that was submitted."""
        return self.rows.get(model._meta.label_lower)


def make() -> dict[str, Side]:
    """Both regions, by their codes. They share the programme's budget and the rules of all forms."""
    _number_apart()
    shared = budgets.budget(BudgetKind.PROGRAMME, "15000000.00")
    competitions.question_set()
    competitions.intensity_table()
    sides = {}
    competitions.area()
    for code, name in REGIONS.items():
        known = {model: set(model._base_manager.values_list("pk", flat=True)) for model in _ours()}
        side = _side(competitions.region(code, name), shared)
        side.planted = list(_plant(side, known))
        sides[code] = side
    _share(sides)
    return sides


def _number_apart() -> None:
    """Count each model's ids from a number of its own, so that an id on a page is one row's and no sum."""
    for number, model in enumerate(_ours(), start=101):
        table, column = model._meta.db_table, model._meta.pk.column
        if isinstance(model._meta.pk, models.AutoField):
            as_owner(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" RESTART WITH {number}500001')


def _side(region: Region, shared: Budget) -> Side:
    within = competitions.closed_competition(region=region, pot_sharing=PotSharing.ALONE)
    own = budgets.budget(BudgetKind.REGION, "7500000.00", region)
    budgets.drawn(within, programme=shared, region=own)
    entry = budgets.assessed(within, note_to_staff="A note.")
    approved = budgets.approved(within)
    closing.draw(within, at=NOON)
    organisation = entry.participants.get().organisation
    member = entry.started_by
    reader = people.member(organisation, may_edit=False)
    opened = competitions.open_now(region=region)
    draft = applications.complete_draft(opened, organisation, by=member, at=opened.opens_at)
    live = applications.complete_draft(opened, organisation, by=member, at=opened.opens_at)
    submission.submit(live, by=member, at=opened.opens_at)
    other = competitions.closed_competition(region=region, pot_sharing=PotSharing.ALONE)
    budgets.drawn(other, programme=shared, region=own)
    budgets.assessed(other)
    owed = applications.application(
        Status.IN_ASSESSMENT, competitions.closed_competition(region=region, pot_sharing=PotSharing.ALONE)
    )
    assessor = people.user(Role.ASSESSOR, region=region)
    assessment = _owed_assessment(owed, assessor)
    person = people.user(Role.MANAGER, region=region, name="Somebody of the office")
    wide = applications.complete_draft(opened, organisation, by=member, at=opened.opens_at)
    told = outbox.post(
        "application_submitted", to=member, subject_word="application", subject_id=entry.pk,
        cause=f"told of {entry.pk}", at=NOON,
    )  # fmt: skip
    change = appointments.ask(
        person, [Appointment(Role.LEAD, region.code)], may_sign_in=True, reason="A reason.",
        by=people.user(Role.ADMINISTRATOR), at=NOON,
    )  # fmt: skip
    exclusion = Exclusion.objects.create(
        assessment=entry.assessments.first(),
        reason="A reason.",
        proposed_by=people.manager(),
        proposed_at=NOON,
    )
    proposed = budgets.proposed(other)
    offered = competitions.closed_competition(region=region, pot_sharing=PotSharing.ALONE)
    budgets.drawn(offered, programme=shared, region=own)
    offer = offers.offer(offers.award(offered), ["A condition."])
    helped = competitions.closed_competition(region=region, pot_sharing=PotSharing.ALONE)
    budgets.drawn(helped, programme=shared, region=own)
    record = assistance.confirmed(
        assistance.released(within=helped, organisation=organisation, by=member),
        [assistance.sum_of("1000.00", NOON.date())],
    )
    share = assistance.to_be_uploaded(helped)
    rows: dict[str, models.Model] = {
        "draft": draft,
        "entry": entry,
        "live": live,
        "set up": competitions.competition(region=region, stage=Stage.SET_UP, opens_at=NOON, closes_at=None),
        "open": opened,
        "proposed": approved,
        "panel sheet": approved.sheet,
        "scenario": approved.scenario,
        "scenario request": scenarios.owed(within, by=people.manager()),
        "told": told,
        "cost line": CostLine.objects.filter(participant__application=draft).latest("pk"),
        "applications.application": entry,
        "applications.assessment": assessment,
        "applications.eligibilitycase": entry,
        "applications.scopecase": entry,
        "applications.competition": within,
        "applications.waiver": _waiver(wide, member),
        "applications.conflict": assessors.conflict(owed, people.assessor()),
        "assignment plan": plans.plan(within),
        "exclusion": exclusion,
        "applications.assessorinvitation": inviting.invite(
            region, f"assess-{region.code.lower()}@example.com", by=people.manager(), at=NOON
        ),
        "applications.exclusion": exclusion,
        "applications.closinglistentry": ClosingListEntry.objects.filter(application=entry).get(),
        "accounts.organisation": organisation,
        "accounts.membershiprequest": membership_requests.ask(
            organisation, by=people.user(Role.APPLICANT), at=NOON
        ),
        "invitation": invitations.invite(
            organisation, f"{region.code.lower()}@example.com", may_edit=False, by=member, at=NOON
        ),
        "membership": organisation.memberships.get(person=reader),
        "accounts.user": person,
        "accounts.rolechange": change,
        "accounts.notification": told,
        "accounts.auditentry": AuditEntry.objects.filter(subject_word="allocation").latest("pk"),
        "funding.allocation": proposed,
        "line": proposed.lines.get(),
        "approved line": approved.lines.get(),
        "funding.award": Award.objects.get(application=entry),
        "funding.budget": own,
        "funding.transfer": Transfer.objects.filter(budget=own, award__isnull=False).latest("pk"),
        "funding.budgetchange": budgets.proposed_ceiling(own, "7000000.00"),
        "funding.awardending": offers.ending(offer.award),
        "funding.offer": offer,
        "funding.mfarecord": record,
        "subsidy share": share,
        "funding.subsidyentry": database.record_upload(
            share, f"SC-{region.code}-17", NOON.date(), by=budgets.fund_manager(), at=NOON
        ),
        "funding.informationrequest": register.with_report(Scope(region=region)),
        "funding.savedview": saved_views.keep(
            "A view", f"region={region.code}", is_shared=False, by=people.manager(), at=NOON
        ),
        "funding.fundingfile": funding_files.written(people.manager(), query=f"region={region.code}"),
        "answered request": register.answered(Scope(region=region)),
        "funding.programmereport": programme.request(None, region, by=people.manager(), at=NOON),
    }
    return Side(region, rows, member, reader, assessor, [])


def _owed_assessment(application: Application, assessor: User) -> Assessment:
    """With a version of it, as if it had been submitted once and reopened."""
    made = Assessment.objects.create(
        application=application, assessor=assessor, given_by=people.manager(), given_at=NOON,
        note_to_staff="Begun.", status=AssessmentStatus.ACCEPTED, submitted_at=NOON,
    )  # fmt: skip
    versions.keep(made)
    return made


def _waiver(application: Application, asker: User) -> Waiver:
    return Waiver.objects.create(
        application=application, months=30, reason="A reason.", asked_by=asker, asked_at=NOON
    )


def _share(sides: dict[str, Side]) -> None:
    """Rows that belong to no region: facts for everybody of the office, or the programme's own."""
    ledger_check.verify(at=NOON)
    open_data.ready(budgets.funded_competition())
    published = open_data.published()
    run = JobRun.objects.create(job="walk", period=NOON, taken_at=NOON, due_at=NOON)
    set_ = competitions.question_set()
    worded = rewording.save(
        wording.of("account_exists"), "Hello", "((sign_in_button))", seen=0, by=people.manager(), at=NOON
    )
    shared: dict[str, models.Model] = {
        "applications.assessorprofile": assessors.profile(people.assessor()),
        "applications.skill": Skill.objects.create(name="Hydrogen", area="Net zero"),
        "applications.parentcompany": ParentCompany.objects.create(
            number="00000008", parent_number="00000009"
        ),
        "applications.agreementversion": AgreementVersion.objects.create(
            number=1, text="Mark alone.", written_by=people.manager(), written_at=NOON
        ),
        "accounts.region": competitions.region(),
        "accounts.jobrun": run,
        "accounts.wordingversion": worded,
        "worded": Competition.objects.order_by("pk").first(),
        "applications.area": Area.objects.first() or competitions.area(),
        "applications.questionset": set_,
        "applications.question": set_.questions.order_by("pk").first(),
        "applications.intensitytable": competitions.intensity_table(),
        "auth.group": Group.objects.order_by("pk").first(),
        "funding.ledgercheck": LedgerCheck.objects.last_made(),
        "funding.lettertemplate": LetterTemplate.objects.get(number=1),
        "funding.opendatapublication": published,
        "content type": ContentType.objects.get_for_model(User),
    }
    for side in sides.values():
        side.rows.update(shared)


def _ours() -> list[type[models.Model]]:
    models_ = [model for model in apps.get_models() if model._meta.app_label in OURS]
    # A proxy's rows are those of another model.
    return [model for model in models_ if not model._meta.proxy]


def _plant(side: Side, known: dict) -> Iterator[Planted]:
    """Write a word of its own into every text of every row of this side; give back what tells of it."""
    with connection.cursor() as cursor:
        # A trigger can be put aside only while nothing waits for the end of the transaction.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for model in _ours():
        fresh = model._base_manager.exclude(pk__in=known[model])
        fields = [field for field in model._meta.concrete_fields if _takes_a_word(field)]
        named = [field.name for field in model._meta.concrete_fields if field.name in NAMES]
        if model in (Participant, MfaRecord):
            # It is the organisation's own, and planted there.
            named.remove("company_number")
        if not fresh.exists() or not (fields or named) or model in (Region, Budget):
            continue
        table = connection.ops.quote_name(model._meta.db_table)
        if fields:
            as_owner(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for row in fresh:
            if is_public(row) or is_of_the_programme(row):
                continue
            is_draft = _is_of(row, side["draft"])
            for name in named:
                if getattr(row, name):
                    yield Planted(str(getattr(row, name)), model, False)
            for field in fields:
                word = f"planted{side.region.code}x{next(_words)}x"
                if _written(table, connection.ops.quote_name(field.column), row.pk, word):
                    of_people = model is Notification and row.subject_word not in reach.subjects
                    yield Planted(word, model, is_draft, of_people)
        if fields:
            as_owner(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    for row in side.rows.values():
        row.refresh_from_db()
    side.member.refresh_from_db()


def _written(table: str, column: str, pk: int, word: str) -> bool:
    """Whether the database took the word: a rule of the table may leave no room for one."""
    try:
        with transaction.atomic():
            as_owner(f"UPDATE {table} SET {column} = %s WHERE id = %s", word, pk)
    except IntegrityError:
        return False
    return True


def is_public(row: models.Model) -> bool:
    """A competition that is published is for everybody to read."""
    return isinstance(row, Competition) and row.stage != Stage.SET_UP


def is_of_the_programme(row: models.Model) -> bool:
    """People who work for all regions are known in each of them, with what they say of themselves."""
    if isinstance(row, AssessorProfile):
        row = row.person
    if not isinstance(row, User):
        return False
    return not row.memberships.exists() and not row.holdings.filter(region__isnull=False).exists()


def _takes_a_word(field: models.Field) -> bool:
    return (
        isinstance(field, models.CharField | models.TextField)
        and not isinstance(field, models.URLField | models.EmailField | models.SlugField)
        and not field.choices
        and not field.unique
        and field.name not in READ_BY_PROGRAMS
        and (field.max_length is None or field.max_length >= 20)
    )


def _is_of(row: models.Model, draft: models.Model) -> bool:
    if isinstance(row, Application):
        return row.pk == draft.pk
    if participant := getattr(row, "participant", None):
        return participant.application_id == draft.pk
    return getattr(row, "application_id", None) == draft.pk
