"""How far an application is checked: which of its checks are decided, and whether one went against it."""

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from applications.desk import checks
from applications.desk.checks import Check
from applications.models import Application, Departure, RuleDecision
from applications.workflow import Status

#: What can still be decided on.
OPEN = frozenset({Status.SUBMITTED, Status.IN_ASSESSMENT})


def with_standing(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Annotate how many checks are ``decided``, whether one ``is_against``, and the outcome of ``scope``.

    decided         of those that each application has
    is_left_broken  whether an organisation left, a rule is broken since, and nobody decided on that
    """
    of_it = RuleDecision.objects.filter(application=OuterRef("pk"))
    of_each = of_it.exclude(rule=Check.PARTIES).order_by().values("application")
    numbers = of_each.annotate(number=Count("rule", distinct=True))
    since = RuleDecision.objects.filter(
        application=OuterRef("participant__application"),
        rule=Check.PARTIES,
        decided_at__gte=OuterRef("recorded_at"),
    )
    broken = Departure.objects.filter(participant__application=OuterRef("pk")).exclude(broken=[])
    scope = of_it.filter(rule=Check.SCOPE).order_by("-pk").values("outcome")[:1]
    return applications.annotate(
        decided=Coalesce(Subquery(numbers.values("number")), 0),
        is_against=Exists(of_it.latest_of_each().against()),
        scope=Subquery(scope),
        is_left_broken=Exists(broken.filter(~Exists(since))),
    )


def checked(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Those of which every check is decided, and none against them."""
    return with_standing(applications).filter(decided=checks.EACH, is_against=False)


def unchecked(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Those with a check to be decided still, and none against them: they may be assessed all the same."""
    return with_standing(applications).filter(decided__lt=checks.EACH, is_against=False)


def rules_to_decide(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Those with a rule that waits for a manager, and nothing against them, being assessed or not."""
    is_open = Q(decided__lt=checks.EACH - 1) | Q(decided=checks.EACH - 1, scope__isnull=False)
    rows = with_standing(applications).filter(status__in=OPEN, is_against=False)
    return rows.filter(is_open | Q(is_left_broken=True))


def scope_to_decide(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Those whose scope waits for an innovation lead, and nothing against them."""
    return with_standing(applications).filter(status__in=OPEN, is_against=False, scope=None)


def against(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Those that a check went against: they are not given out."""
    return with_standing(applications).filter(is_against=True)


def refusal_to_give(application: Application) -> str:
    """Why it is not given out, or nothing."""
    rows = application.rule_decisions.latest_of_each().against().order_by("rule")
    if names := ", ".join("its scope" if row.rule == Check.SCOPE else row.rule for row in rows):
        return f"The eligibility desk decided against this application ({names}); it cannot be given out."
    return ""


def warning_of(application: Application) -> str:
    """What whoever gives it out is to know, or nothing."""
    decided = application.rule_decisions.exclude(rule=Check.PARTIES)
    missing = checks.EACH - decided.aggregate(number=Count("rule", distinct=True))["number"]
    if not missing:
        return ""
    return (
        f"Eligibility is not checked yet: {missing} of {checks.EACH} checks are not decided. "
        "It can be given out all the same."
    )
