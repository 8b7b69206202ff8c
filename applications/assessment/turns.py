"""In which order rows are locked, so that two who act on one application take turns.

The application's row comes first and its assessments after it: whoever withdraws an application, finds it
ineligible or plans a whole competition holds it and goes on to them. A decline that held its assessment
first would wait for the application (a conflict that it declares refers to it) while the other waits for
the assessment. Of several applications the one with the lowest key is first.
"""

from collections.abc import Iterable

from applications.models import Application, Assessment


def hold_applications(assessments: Iterable[Assessment]) -> None:
    """Lock the applications of these assessments."""
    wanted = Application.objects.filter(pk__in={one.application_id for one in assessments})
    list(wanted.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


def hold(assessment: Assessment) -> Assessment:
    """Lock the application and then the assessment, and return that as it stands."""
    hold_applications([assessment])
    return (
        Assessment.objects.select_for_update(of=("self",))
        .select_related("application__competition", "assessor")
        .get(pk=assessment.pk)
    )
