"""Which assessments and marks count: submitted ones, less what two people have excluded."""

from collections.abc import Iterable

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import MD5, Cast, Concat

from applications.models import Application, Assessment, Conflict, Exclusion, ExclusionState, Score


def assessments() -> QuerySet[Assessment]:
    whole = Exclusion.objects.in_force().filter(assessment=OuterRef("pk"), question=None)
    return Assessment.objects.submitted().filter(~Exists(whole))


def scores() -> QuerySet[Score]:
    """The marks that count, of whichever assessments are asked for."""
    one = Exclusion.objects.in_force().filter(
        assessment=OuterRef("assessment"), question=OuterRef("question")
    )
    return Score.objects.filter(~Exists(one))


def in_conflict() -> QuerySet[Assessment]:
    """Those that count by somebody whom a conflict of interest keeps from the application."""
    return assessments().filter(Exists(Conflict.objects.blocking().between()))


def stamp(application: str) -> MD5:
    """An expression, other as soon as anything is other that counts for the application.

    application  the name of the field that leads to it: "pk", "application"

    It is made of the submitted assessments in the version that was submitted, and of the exclusions
    that two people made; neither is ever changed without leaving another version or another row.
    """
    of_it = Assessment.objects.submitted().filter(application=OuterRef(application))
    marked = of_it.order_by("pk").values_list(Concat("pk", Value(":"), "version", output_field=CharField()))
    confirmed = Exclusion.objects.filter(
        assessment__application=OuterRef(application), state=ExclusionState.CONFIRMED
    )
    excluded = confirmed.order_by("pk").values_list("pk")
    return MD5(Concat(*(Cast(ArraySubquery(one), CharField()) for one in (marked, excluded))))


def stamps(applications: Iterable[int]) -> dict[int, str]:
    """The ``stamp`` of each of these applications, by its id, in one query."""
    rows = Application.objects.filter(pk__in=list(applications)).values_list("pk", stamp("pk"))
    return dict(rows.order_by())
