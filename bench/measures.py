"""What is measured, in order: pages that are read, forms that are sent, approvals, the export."""

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from accounts import clock
from accounts.models import User
from applications.models import Application, Assessment, Competition
from applications.workflow import AssessmentStatus, Status
from bench import actions, contention, decisions, drafts, exports, many_rows, post
from bench.actions import Marking
from bench.decisions import Waiting
from bench.drafts import Draft
from bench.load import Outcome, Pace, Worker, run
from bench.pages import Site
from bench.table import Figure, Yardstick
from bench.web import Visitor, signed_in
from funding.exports import funding_report
from funding.models import ProgrammeReport
from funding.reports import programme

BARE, STATEMENTS, ALONE = "the bare view", "the bare transaction", "the action alone"
LANES = 8
#: As many clients as approve at once before it is asked what they leave behind.
BURST = 32
#: Deeds a second for which a supply is laid in: of the product's, of both, and of bare transactions.
FAST, FASTER, BARE_FAST = 160, 300, 600
#: Emails a second for which rows are laid in, of each kind.
EMAILS = 400
LEASE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Bench:
    """The served site, the pace of all measurements, and somebody to tell of them."""

    site: Site
    pace: Pace
    database_url: str
    say: Callable[[str], None]
    #: What a group of very many rows lays in: how many, how many of them for a sheet, and as whom.
    rows: int = 0
    sheet_rows: int = 0
    superuser_url: str = ""

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


def beside_statements(form: Figure, alone: Outcome, statements: Outcome) -> list[Figure]:
    """The form's figure and that of its action alone, both beside the bare transaction."""
    yardstick = Yardstick(STATEMENTS, statements)
    form.yardsticks.append(yardstick)
    return [form, Figure(f"{form.name}, {ALONE}", alone, form.clients, [yardstick])]


def reading(bench: Bench) -> list[Figure]:
    """The public list, an application as its writers see it, and the office's list of all of them."""
    entries = list(
        Application.objects.filter(status=Status.SUBMITTED)
        .select_related("submitted_by")
        .order_by("pk")[: bench.pace.clients]
    )
    visitors = [signed_in(entry.submitted_by) for entry in entries]
    paths = [f"/applications/{entry.reference}/" for entry in entries]
    office = [signed_in(_person("manager"))]
    looks = (
        ("competition list", visitors, ["/"]),
        ("application detail", visitors, paths),
        ("application list, office", office, ["/admin/applications/application/"]),
    )
    figures = []
    for name, by, looked_at in looks:
        bare = bench.site.bare(by, bench.site.size_of(by[0], looked_at[0]))
        figures.append(bench.figure(name, bench.site.reading(by, looked_at), {BARE: bare}))
    return figures


def writing(bench: Bench) -> list[Figure]:
    """Saving a section, and submitting: by the form, and by the action alone."""
    clients, site = bench.pace.clients, bench.site
    ready = drafts.supply(bench.supply(FASTER), at=clock.now())
    competitions = dict(
        Application.objects.filter(pk__in=[draft.pk for draft in ready]).values_list("pk", "competition")
    )
    bare = site.bare_forms([signed_in(person) for person in _some(ready, clients)])
    edited, entered = ready[:clients], ready[clients:]
    saved = beside_statements(
        bench.figure("section save", site.saves(edited), {BARE: bare}),
        bench.measure(f"section save, {ALONE}", actions.section_saves(edited)),
        bench.measure(f"section save, {STATEMENTS}", actions.bare_section_saves(edited)),
    )
    form = bench.figure("submit", site.submits(entered), {BARE: bare})
    drafts.take_back(ready)
    alone = bench.measure(f"submit, {ALONE}", actions.submits(entered, clients))
    drafts.take_back(ready)
    written = actions.bare_submits(entered, competitions, clients)
    return saved + beside_statements(form, alone, bench.measure(f"submit, {STATEMENTS}", written))


def scoring(bench: Bench) -> list[Figure]:
    markings = _markings(bench.pace.clients)
    people = User.objects.filter(pk__in=[marking.assessor for marking in markings])
    bare = bench.site.bare_forms([signed_in(person) for person in people])
    return beside_statements(
        bench.figure("score save", bench.site.scores(markings), {BARE: bare}),
        bench.measure(f"score save, {ALONE}", actions.saves(_markings(bench.pace.clients))),
        bench.measure(f"score save, {STATEMENTS}", actions.bare_saves(markings)),
    )


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
        f"approval, {ALONE}", alone, {STATEMENTS: written, f"{LANES} budgets apart": spread}
    )
    approved.yardsticks.append(figure.yardsticks[0])
    row = contention.pgbench(bench.database_url, one[0].pot.pk, bench.pace)
    bench.say(f"  pgbench on one budget's row: {row.rate:.1f} a second")
    figure.yardsticks.append(Yardstick("pgbench's updates of that row", row))
    fresh = [decisions.lane(f"{run}-BURST", base, at=at)]
    shares = [waiting(f"B{turn}", fresh, FAST) for turn in range(3)]
    return [approved, figure, after_burst(bench, shares, approver)]


def after_burst(bench: Bench, shares: Sequence[Sequence[Waiting]], approver: User) -> Figure:
    """Approvals on one budget whose row was clean, a burst of many clients, and straight after it again."""
    clients, name = bench.pace.clients, f"approval, {ALONE}, straight after a burst"
    before, burst, after = (
        actions.approvals(share, approver.pk, among)
        for share, among in zip(shares, (clients, BURST, clients), strict=True)
    )
    clean = bench.measure(f"{name}, the clean rate", before)
    bench.measure(f"{name}, {BURST} clients", burst, BURST)
    return Figure(name, bench.measure(name, after), clients, [Yardstick("the clean rate", clean)])


def sending(bench: Bench) -> list[Figure]:
    """Notifications of the shortest and the longest kind, row to mail server, beside a bare Celery task."""
    number, folder = bench.supply(EMAILS), Path(settings.STATE_DIR)
    bare = post.tasks(folder, bench.database_url, number)
    bench.say(f"  a task that only sends: {bare.rate:.1f} a second")
    figures = []
    for name, laid_in in (
        ("notifications, one paragraph", post.light),
        ("notifications, feedback", post.heavy),
    ):
        sent = post.notifications(folder, bench.database_url, laid_in(number))
        bench.say(f"  {name}: {sent.rate:.1f} a second")
        figures.append(Figure(name, sent, post.WORKERS, [Yardstick("a task that only sends", bare)]))
    return figures


def exporting(bench: Bench) -> list[Figure]:
    funds = _person("funds")
    path = "/admin/funding/programmereport/funding-report.csv?of=all"
    reading = bench.site.reading([signed_in(funds)], [path])
    copying = [exports.copying(funding_report.rows(funds)) for _ in range(bench.pace.clients)]
    return [bench.figure("funding report, CSV", reading, {"COPY": copying}, clients=2)]


def reporting(bench: Bench) -> list[Figure]:
    """The report of all that is there, compiled once as its worker does, and then its page."""
    funds, at = _person("funds"), clock.now()
    is_invented = Competition.objects.filter(is_demonstration=True).exists()
    report = programme.request(None, of_demonstration=is_invented, by=funds, at=at)
    ProgrammeReport.objects.filter(pk=report.pk).lease(at, LEASE)
    began = time.perf_counter()
    programme.compile_report(report.pk, at=at)
    seconds = time.perf_counter() - began
    compiled = Outcome(count=1, seconds=seconds, p50=seconds * 1000, p95=seconds * 1000)
    bench.say(f"  programme report, compiled: {seconds:.2f} s")
    by, path = [signed_in(funds)], f"/admin/funding/programmereport/{report.pk}/change/"
    bare = bench.site.bare(by, bench.site.size_of(by[0], path))
    page = bench.figure("programme report, page", bench.site.reading(by, [path]), {BARE: bare}, clients=1)
    return [Figure("programme report, compiled", compiled, 1, []), page]


def volume(bench: Bench) -> list[Figure]:
    """A CSV of very many rows over HTTP beside COPY, and a sheet of many beside XlsxWriter."""
    return many_rows.figures(bench, _person("funds"))


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


ALL: tuple[Callable[[Bench], list[Figure]], ...] = (
    sending,
    reading,
    writing,
    scoring,
    exporting,
    reporting,
    approving,
    volume,
)
__all__ = ["ALL", "Bench", "Visitor"]
