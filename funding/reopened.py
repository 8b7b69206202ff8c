"""What money is proposed or decided by the marks of an application, which then stay as they are."""

from applications.models import Application
from funding.models import Allocation, AllocationLine


def binds(application: Application) -> str:
    """Why its assessments may not be reopened; empty where no allocation stands on its marks."""
    standing = AllocationLine.objects.filter(
        application=application, allocation__in=Allocation.objects.standing()
    )
    if not standing.exists():
        return ""
    return (
        "An allocation stands on the marks of this application. Its assessments can be reopened only after "
        "the allocation was refused."
    )
