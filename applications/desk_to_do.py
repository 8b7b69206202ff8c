"""What waits at the eligibility desk, and of marks for a second person, on the office's first page."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, QuerySet

from accounts import formats
from accounts.models import User
from accounts.roles import Role
from accounts.waiting import Waiting
from applications.assessment import moderation
from applications.desk import due, standing
from applications.models import Application, Competition, EligibilityCase, Exclusion, ScopeCase
from applications.to_do import NAMED
from applications.workflow import Status


def checking(person: User, at: datetime) -> Iterable[Waiting]:
    """For managers and innovation leads, one line for each competition with applications to be checked."""
    rules = standing.rules_to_decide(_at_the_desk(EligibilityCase.objects, person, Role.MANAGER, at))
    yield from _by_competition(rules, "eligibility", "eligibilitycase", "eligibility=rules")
    scopes = standing.scope_to_decide(_at_the_desk(ScopeCase.objects, person, Role.LEAD, at))
    yield from _by_competition(scopes, "scope", "scopecase", "scope=waits")


def moderating(person: User, at: datetime) -> Iterable[Waiting]:
    """One for each exclusion that this person may decide: neither proposed by them nor about their marks."""
    waiting = (
        Exclusion.objects.visible_to(person)
        .waiting()
        .filter(
            assessment__application__competition__in=_run_by(person, *moderation.MODERATORS),
            assessment__application__status=Status.IN_ASSESSMENT,
        )
        .exclude(proposed_by=person)
        .exclude(assessment__assessor=person)
        .exclude(assessment__application__participants__organisation__memberships__person=person)
        .select_related("assessment__application__competition", "proposed_by")
    )
    found = list(waiting.order_by("proposed_at", "pk")[: NAMED + 1])
    for exclusion in found[:NAMED]:
        application = exclusion.assessment.application
        yield Waiting(
            says=f"Confirm or refuse {_what(exclusion)} of {application.reference}",
            route="admin:applications_application_marks",
            of=application.pk,
            more=f"{application.competition.code}, proposed by {exclusion.proposed_by}",
            since=exclusion.proposed_at,
        )
    if len(found) > NAMED:
        yield Waiting(
            says="See all exclusions that wait for a second person",
            route="admin:applications_exclusion_changelist",
            query="state__exact=waiting",
        )


def _what(exclusion: Exclusion) -> str:
    return "the lifting of an exclusion" if exclusion.lifts_id else "an exclusion"


def _run_by(person: User, *roles: Role) -> QuerySet:
    return Competition.objects.run_by(person, frozenset(roles)).values("pk")


def _at_the_desk(rows, person: User, role: Role, at: datetime) -> QuerySet[Application]:
    """What the person decides there with this role: of no organisation that they belong to."""
    theirs = rows.visible_to(person).at_the_desk(at).filter(competition__in=_run_by(person, role))
    return theirs.exclude(participants__organisation__memberships__person=person)


def _by_competition(waiting: QuerySet[Application], what: str, model: str, query: str) -> Iterable[Waiting]:
    ids = waiting.values("pk")
    numbers = dict(
        Application.objects.filter(pk__in=ids)
        .values("competition")
        .annotate(number=Count("pk"))
        .values_list("competition", "number")
    )
    for competition in Competition.objects.filter(pk__in=numbers).order_by("closes_at", "code"):
        number = numbers[competition.pk]
        await_ = "application awaits" if number == 1 else "applications await"
        yield Waiting(
            says=f"{number:,} {await_} a check of {what}",
            route=f"admin:applications_{model}_changelist",
            query=f"{query}&competition__id__exact={competition.pk}",
            more=f"{competition.code}, due by {formats.local_day(due.due_on(competition))}",
            since=competition.closes_at,
        )
