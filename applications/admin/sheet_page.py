"""An assessor's offline sheet: down as a workbook, and up again, with what it would change shown first."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin import site as admin_site
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.http import require_safe

from accounts import exporting
from accounts.models import User
from accounts.refusals import Refusal
from accounts.roles import Role, held_by
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications.assessment import scoring
from applications.exports import sheet_reading, sheet_writing
from applications.forms.scoring import ScoringForm, as_choice, feedback_name, mark_name, stored
from applications.models import Assessment
from applications.workflow import ASSESSOR_READS, AssessmentStatus, Status

SALT, KEPT_FOR = "filled sheet", 24 * 60 * 60
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Difference:
    label: str
    saved: str
    filled: str


@dataclass(frozen=True, slots=True)
class Offered:
    """One sheet: what it would change, or why it cannot be taken. ``is_stale``: saved since the download."""

    title: str
    assessment: Assessment | None
    differences: list[Difference]
    problems: list[str]
    why_not: str = ""
    is_stale: bool = False

    @property
    def is_as_saved(self) -> bool:
        """Whether it could be taken and would change nothing."""
        return not (self.differences or self.problems or self.why_not)


def _own(person: User):
    rows = Assessment.objects.visible_to(person).filter(assessor=person)
    return rows.select_related("application__competition").prefetch_related("scores")


def _open(person: User) -> QuerySet[Assessment]:
    """Those that may still be marked."""
    statuses = ASSESSOR_READS - {AssessmentStatus.SUBMITTED}
    found = _own(person).filter(status__in=statuses, application__status=Status.IN_ASSESSMENT)
    return found.order_by("given_at", "pk")


@require_safe
def download(request: HttpRequest) -> HttpResponse:
    if Role.ASSESSOR not in held_by(request.user):
        raise PermissionDenied
    rows = _open(request.user)
    exporting.note("offline sheet", rows, as_="xlsx", filters={}, by=request.user, at=arrived_at(request))
    answer = HttpResponse(sheet_writing.workbook(list(rows)), content_type=TYPE)
    answer["Content-Disposition"] = 'attachment; filename="assessments.xlsx"'
    answer["Cache-Control"] = "no-store"
    return answer


@method_decorator(one_effect("take an offline sheet"), name="dispatch")
class SheetPage(View):
    site: AdminSite = admin_site

    def dispatch(self, request: HttpRequest, *arguments, **named):
        if Role.ASSESSOR not in held_by(request.user):
            raise PermissionDenied
        return super().dispatch(request, *arguments, **named)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        if "filled" in request.POST:
            return self._take(request)
        sent = request.FILES.get("sheet")
        if sent is None:
            return self._page(request, problems=["Choose the file of your filled sheet"], status=422)
        if sent.size > sheet_reading.MOST_BYTES:
            return self._page(request, problems=[sheet_reading.TOO_LARGE], status=422)
        try:
            filled = sheet_reading.read(sent.read())
        except sheet_reading.Unreadable as refusal:
            return self._page(request, problems=[str(refusal)], status=422)
        own = {one.pk: one for one in _own(request.user)}
        read = [_offered(one, own.get(one.assessment_id)) for one in filled]
        carried = [one for _, one in read if one]
        problems = [problem for offered, _ in read for problem in offered.problems]
        return self._page(
            request,
            offered=[offered for offered, _ in read if not offered.is_as_saved],
            as_saved=[offered.title for offered, _ in read if offered.is_as_saved],
            filled=signing.dumps({"person": request.user.pk, "sheets": carried}, salt=SALT, compress=True),
            may_take=bool(carried),
            problems=problems,
            status=422 if problems else 200,
        )

    def _take(self, request: HttpRequest) -> HttpResponse:
        try:
            carried = signing.loads(request.POST["filled"], salt=SALT, max_age=KEPT_FOR)
        except signing.BadSignature:
            carried = {}
        if carried.get("person") != request.user.pk:
            return self._page(
                request, problems=["Upload your sheet again: this page is too old."], status=422
            )
        chosen = set(request.POST.getlist("take"))
        sheets = [one for one in carried["sheets"] if str(one["pk"]) in chosen]
        if not sheets:
            return self._page(request, problems=["Nothing was chosen. Upload your sheet again."], status=422)
        own = {one.pk: one for one in _own(request.user)}
        for one in sheets:
            self._save(request, own.get(one["pk"]), one)
        return redirect("admin:applications_assessment_changelist")

    def _save(self, request: HttpRequest, assessment: Assessment | None, one: dict) -> None:
        """An ordinary save over the version that was shown; a later one is not overwritten."""
        scores = {int(pk): (mark, text) for pk, (mark, text) in one["scores"].items()}
        try:
            if assessment is None:
                raise scoring.NotGiven("It is not yours to mark any more.")
            scoring.save(
                assessment,
                scores,
                one["verdict"],
                version=one["seen"],
                by=request.user,
                at=arrived_at(request),
            )
        except scoring.ScoringRefused as refusal:
            messages.error(request, f"{one['title']}: not taken. {refusal}")
        except Refusal:
            again = "It was saved again meanwhile: upload the sheet again."
            messages.error(request, f"{one['title']}: not taken. {again}")
        else:
            messages.success(request, f"{one['title']}: saved from your sheet. It is not submitted yet.")

    def _page(self, request: HttpRequest, *, status: int = 200, **more) -> HttpResponse:
        context = {
            **self.site.each_context(request),
            "title": "Mark in a spreadsheet",
            "opts": Assessment._meta,
            "number": _open(request.user).count(),
            **more,
        }
        return TemplateResponse(request, "admin/applications/assessment/sheet.html", context, status=status)


def _offered(filled: sheet_reading.Filled, assessment: Assessment | None) -> tuple[Offered, dict | None]:
    """What one sheet would change, and what of it is carried to the next press."""
    why_not = _why_not(assessment)
    if assessment is None or why_not:
        return Offered(filled.title, None, [], [], why_not), None
    questions = scoring.scored_questions(assessment)
    found = sheet_reading.given(filled, questions)
    scores = {score.question_id: score for score in assessment.scores.all()}
    kept = stored(assessment, scores, questions)
    typed = {name: as_choice(value) for name, value in found.verdict.items()}
    for question in questions:
        if question.pk in found.scores:
            typed[mark_name(question)], typed[feedback_name(question)] = found.scores[question.pk]
    form = ScoringForm(questions)
    differences = [
        Difference(str(form[name].label), _plain(kept[name]), _plain(typed[name]))
        for name in kept
        if name in typed and _plain(kept[name]) != _plain(typed[name])
    ]
    reference = assessment.application.reference
    offered = Offered(
        reference, assessment, differences, found.problems, is_stale=filled.version != assessment.version
    )
    if not differences:
        return offered, None
    return offered, {
        "pk": assessment.pk,
        "title": reference,
        "seen": assessment.version,
        "scores": found.scores,
        "verdict": found.verdict,
    }


def _why_not(assessment: Assessment | None) -> str:
    if assessment is None:
        return "It is not yours to mark, or not any more."
    if assessment.is_submitted:
        return "You have submitted it, so it cannot be changed."
    if not assessment.is_scorable or assessment.application.status != Status.IN_ASSESSMENT:
        return "It cannot be marked now."
    return ""


def _plain(value) -> str:
    return "" if value is None else "\n".join(str(value).strip().splitlines())
