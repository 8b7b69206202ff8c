"""What belongs to a region's cases though its own row does not say so: asked of the apps that have the cases.

Regions are known here, cases further up; so the apps above fill these when they start. Each function
takes the ids of some regions and returns the ids of what their cases have to do with.
"""

from collections.abc import Callable, Set

from django.db.models import Q, QuerySet

from accounts.models.holding import NO_ROW

Ids = Callable[[Set[int]], QuerySet]

#: The organisations that take part in the regions' cases.
organisations: list[Ids] = []

#: What notifications and entries of the audit trail are about, by the word they name it with.
subjects: dict[str, Ids] = {}


def of_no_region() -> Q:
    """The rows whose subject belongs to nobody's cases: a person, an organisation, an invitation."""
    return ~Q(subject_word__in=sorted(subjects))


def about(regions: Set[int]) -> Q:
    """The rows whose subject belongs to these regions' cases."""
    found = NO_ROW
    for word, ids in subjects.items():
        found |= Q(subject_word=word, subject_id__in=ids(regions))
    return found
