"""What is measured, in order: pages that are read, forms that are sent, approvals, the export."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from accounts import clock
from accounts.models import User
from applications.models import Application, Assessment, Competition
from applications.workflow import AssessmentStatus, Status
from bench import actions, contention, decisions, drafts, exports, post
from bench.actions import Marking
from bench.decisions import Waiting
from bench.drafts import Draft
from bench.load import Outcome, Pace, Worker, run
from bench.pages import Site
from bench.table import Figure, Yardstick
from bench.web import Visitor, signed_in
from funding.exports import funding_report

BARE, STATEMENTS = "the bare view", "the bare transaction"
LANES = 8
#: Deeds a second for which a supply is laid in: of the product's, of both, and of bare transactions.
FAST, FASTER, BARE_FAST = 160, 300, 600
#: Emails a second for which rows are laid in.
EMAILS = 400


@dataclass(frozen=True, slots=True)
class Bench:
    """The served site, the pace of all measurements, and somebody to tell of them."""

    site: Site
    pace: Pace
    database_url: str
    say: Callable[[str], None]

    def measure(self, name: str, workers: Sequence[Worker], clients: int | None = None) -> Outcome:
        """One run after the warm-up, with as many clients as there are workers, at most ``clients``."""
        outcome = run(workers[: clients or self.pace.clients], self.pace)
        self.say(f"  {name}: {outcome.rate:.1f} a second")
        return outcome

    def figure(
        self,
        name: str,
        workers: Sequence[Worker],
        beside: dict[str, Sequence[Worker]],
        clients: int | None = None,
    ) -> Figure:
        outcome = self.measure(name, workers, clients)
        yardsticks = [
            Yardstick(what, self.measure(f"{name}, {what}", others, clients))
            for what, others in beside.items()
        ]
        return Figure(name, outcome, min(clients or self.pace.clients, len(workers)), yardsticks)

    def supply(self, rate: int) -> int:
        """So many things are used up by one run at ``rate`` a second."""
        return max(round((self.pace.warm + self.pace.seconds) * rate), 4 * self.pace.clients)


def reading(bench: Bench) -> list[Figure]:
    """The public list, and an application as its writers see it."""
    entries = list(
        Application.objects.filter(status=Status.SUBMITTED)
        .select_related("submitted_by")
        .order_by("pk")[: bench.pace.clients]
    )
    visitors = [signed_in(entry.submitted_by) for entry in entries]
    paths = [f"/applications/{entry.reference}/" for entry in entries]
    figures = []
    for name, looked_at in (("competition list", ["/"]), ("application detail", paths)):
        size = bench.site.size_of(visitors[0], looked_at[0])
        figures.append(
            bench.figure(
                name, bench.site.reading(visitors, looked_at), {BARE: bench.site.bare(visitors, size)}
            )
        )
    return figures


def writing(bench: Bench) -> list[Figure]:
    """Saving a section, and submitting: by the form, and by the action alone."""
    clients, site = bench.pace.clients, bench.site
    ready = drafts.supply(bench.supply(FASTER), at=clock.now())
    competitions = dict(
        Application.objects.filter(pk__in=[draft.pk for draft in ready]).values_list("pk", "competition")
    )
    bare = site.bare_forms([signed_in(person) for person in _some(ready, clients)])
    saved = bench.figure("section save", site.saves(ready), {BARE: bare})
    submitted = bench.figure("submit", site.submits(ready[clients:]), {BARE: bare})
    drafts.take_back(ready)
    alone = bench.measure("submit, the action alone", actions.submits(ready[clients:], clients))
    drafts.take_back(ready)
    bare_submits = actions.bare_submits(ready[clients:], competitions, clients)
    statements = Yardstick(STATEMENTS, bench.measure("submit, the bare transaction", bare_submits))
    submitted.yardsticks.append(statements)
    return [saved, submitted, Figure("submit, the action alone", alone, clients, [statements])]


def scoring(bench: Bench) -> list[Figure]:
    markings = _markings(bench.pace.clients)
    people = User.objects.filter(pk__in=[marking.assessor for marking in markings])
    bare = bench.site.bare_forms([signed_in(person) for person in people])
    figure = bench.figure("score save", bench.site.scores(markings), {BARE: bare})
    alone = bench.measure("score save, the action alone", actions.saves(_markings(bench.pace.clients)))
    statements = Yardstick(
        STATEMENTS, bench.measure("score save, the bare transaction", actions.bare_saves(markings))
    )
    figure.yardsticks.append(statements)
    return [figure, Figure("score save, the action alone", alone, figure.clients, [statements])]


def approving(bench: Bench) -> list[Figure]:
    """Approvals on one contended budget: by the form, by the action alone, and on budgets apart."""
    clients, at = bench.pace.clients, clock.now()
    proposer, approver = _person("funds"), _person("approver")
    base = Competition.objects.select_related("region").filter(stage="decided").order_by("code")[0]
    run = secrets.token_hex(2)
    one = [decisions.lane(f"{run}-ONE", base, at=at)]
    apart = [decisions.lane(f"{run}-{number}", base, at=at) for number in range(LANES)]

    def waiting(name: str, lanes: Sequence[decisions.Lane], rate: int) -> list[Waiting]:
        return decisions.supply(bench.supply(rate), lanes, name=f"{run}-{name}", proposer=proposer, at=at)

    form = bench.site.approvals(waiting("F", one, FAST), approver)
    bare = bench.site.bare_forms([signed_in(approver)])
    approved = bench.figure("approval, one budget", form, {BARE: bare})
    alone = actions.approvals(waiting("A", one, FAST), approver.pk, clients)
    spread = actions.approvals(waiting("S", apart, FAST), approver.pk, clients)
    written = actions.bare_approvals(waiting("B", one, BARE_FAST), proposer.pk, approver.pk, clients)
    figure = bench.figure(
        "approval, the action alone", alone, {STATEMENTS: written, f"{LANES} budgets apart": spread}
    )
    row = contention.pgbench(bench.database_url, one[0].pot.pk, bench.pace)
    bench.say(f"  pgbench on one budget's row: {row.rate:.1f} a second")
    figure.yardsticks.append(Yardstick("pgbench's updates of that row", row))
    return [approved, figure]


def sending(bench: Bench) -> list[Figure]:
    """Notifications, row to mail server; a Celery task that only sends is what they are held against."""
    number, folder = bench.supply(EMAILS), Path(settings.STATE_DIR)
    sent = post.notifications(folder, bench.database_url, _person("funds"), number)
    bench.say(f"  notifications: {sent.rate:.1f} a second")
    bare = post.tasks(folder, bench.database_url, number)
    bench.say(f"  notifications, a task that only sends: {bare.rate:.1f} a second")
    beside = [Yardstick("a task that only sends", bare)]
    return [Figure("notifications", sent, post.WORKERS, beside)]


def exporting(bench: Bench) -> list[Figure]:
    funds = _person("funds")
    path = "/admin/funding/programmereport/funding-report.csv"
    reading = bench.site.reading([signed_in(funds)], [path])
    copying = [exports.copying(funding_report.rows(funds)) for _ in range(bench.pace.clients)]
    return [bench.figure("funding report, CSV", reading, {"COPY": copying}, clients=2)]


def _markings(several: int) -> list[Marking]:
    """Assessments that are being marked, each by another assessor."""
    open_now = (
        Assessment.objects.filter(
            status__in=[AssessmentStatus.OPEN, AssessmentStatus.READY, AssessmentStatus.ACCEPTED],
            application__status=Status.IN_ASSESSMENT,
        )
        .select_related("application__competition__question_set")
        .order_by("assessor", "pk")
        .distinct("assessor")[:several]
    )
    return [
        Marking(
            pk=assessment.pk,
            assessor=assessment.assessor_id,
            version=assessment.version,
            questions=tuple(
                assessment.application.competition.question_set.questions.filter(max_marks__isnull=False)
                .order_by("position")
                .values_list("pk", flat=True)
            ),
        )
        for assessment in open_now
    ]


def _some(ready: list[Draft], several: int) -> list[User]:
    return list(drafts.writers(ready).values())[:several]


def _person(name: str) -> User:
    return User.objects.prefetch_related("holdings").get(email=f"{name}@example.com")


ALL: tuple[Callable[[Bench], list[Figure]], ...] = (sending, reading, writing, scoring, exporting, approving)
__all__ = ["ALL", "Bench", "Visitor"]
