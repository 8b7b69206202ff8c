"""How the time of a page grows with the programme: the same page of a small one and of a large one."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from django.db.models import Count, Model

from accounts.models import AuditEntry, Notification, Organisation, User
from applications.models import Application, Assessment, Competition
from applications.workflow import Status
from bench.web import fetched, signed_in
from funding.models import Award, AwardShare, Transfer

#: No page is asked for over and over for longer than so many seconds.
SECONDS = 6.0
#: A list is gone through to say how many pages it has, and twice more to offer the years in it.
COUNTED, WITH_YEARS = 1, 3
REPORT = "/admin/funding/programmereport/funding-report.csv?of=all"


@dataclass(frozen=True, slots=True)
class Look:
    """A page, and who looks at it.

    rows    what it shows of the programme; 1 for a page that is as long in any
    listed  how long the list is that it is one page of
    passes  how often it may go through all of that list: to count it, to offer the years in it
    """

    name: str
    path: str
    person: User
    rows: int = 1
    listed: int = 0
    passes: int = 0


@dataclass(frozen=True, slots=True)
class Growth:
    """Milliseconds of a page in the small programme and in the large one, and the rows it shows in each."""

    name: str
    small: float
    large: float
    small_rows: int
    large_rows: int

    @property
    def ratio(self) -> float:
        return self.large / self.small

    @property
    def rows_ratio(self) -> float:
        return self.large_rows / max(self.small_rows, 1)


def looks() -> list[Look]:
    """The pages that could grow, in the programme that the connection leads to."""
    manager, funds, auditor, admin = (
        User.objects.get(email=f"{name}@example.com") for name in ("manager", "funds", "auditor", "admin")
    )
    submitted = Application.objects.filter(status=Status.SUBMITTED).order_by("pk")
    one = submitted[submitted.count() // 2]
    writer = one.submitted_by
    largest = (
        Competition.objects.filter(stage="decided")
        .annotate(size=Count("applications"))
        .order_by("-size", "code")[0]
    )
    return [
        Look("competition list", "/", writer),
        Look("application, applicant", f"/applications/{one.reference}/", writer),
        Look("application, office", f"/admin/applications/application/{one.pk}/change/", manager),
        _page("applications, API", "/api/v1/applications/", manager, Application),
        _page("applications, office", "/admin/applications/application/", manager, Application),
        _page("assessments, office", "/admin/applications/assessment/", manager, Assessment),
        _page("organisations, office", "/admin/accounts/organisation/", manager, Organisation),
        _page("people, office", "/admin/accounts/user/", admin, User),
        _page("awards, office", "/admin/funding/award/", funds, Award, Application),
        _page(
            "notifications, office", "/admin/accounts/notification/", manager, Notification, passes=WITH_YEARS
        ),
        _page("ledger, office", "/admin/funding/transfer/", funds, Transfer, passes=WITH_YEARS),
        _page(
            "audit trail, office", "/admin/accounts/auditentry/", auditor, AuditEntry, passes=WITH_YEARS + 1
        ),
        Look("panel sheet", f"/admin/funding/allocation/panel-sheet/{largest.code}/", manager, largest.size),
        Look("funding report, CSV", REPORT, funds, AwardShare.objects.count()),
    ]


def _page(name: str, path: str, person: User, *models: type[Model], passes: int = COUNTED) -> Look:
    """One page of a list of ``models``, joined where they are several."""
    return Look(
        name, path, person, listed=sum(model._default_manager.count() for model in models), passes=passes
    )


def timed(
    port: int, looks: list[Look], times: int, say: Callable[[str], None]
) -> dict[str, tuple[float, int]]:
    """By the page's name, the middle of so many times in milliseconds, and its rows."""
    found = {}
    for look in looks:
        found[look.name] = _middle(port, look, times), look.rows
        say(f"  {look.name}: {found[look.name][0]:.1f} ms")
    return found


def compared(small: dict[str, tuple[float, int]], large: dict[str, tuple[float, int]]) -> list[Growth]:
    return [Growth(name, small[name][0], large[name][0], small[name][1], large[name][1]) for name in small]


def _middle(port: int, look: Look, most: int) -> float:
    visitor = signed_in(look.person)
    fetched(port, visitor, look.path)
    times: list[float] = []
    give_up_at = time.monotonic() + SECONDS
    while len(times) < most and (not times or time.monotonic() < give_up_at):
        began = time.monotonic()
        fetched(port, visitor, look.path)
        times.append((time.monotonic() - began) * 1000)
    return median(times)
