"""What the scoring page shows: each question with its state, and where two versions differ."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.forms import conflict
from accounts.models import User
from accounts.templatetags.launchpad_forms import first_control
from applications import word_count
from applications.admin import reading
from applications.admin.reading import Answered
from applications.assessment import bands, reopening, scoring
from applications.forms.reopening_assessment import ReopenForm
from applications.forms.scoring import CHOICES, ScoringForm, as_choice, feedback_name, mark_name, stored
from applications.models import Assessment, AssessmentStatus, AssessmentVersion, Question, Score
from applications.workflow import Status


@dataclass(frozen=True, slots=True)
class Row:
    """A scored question as the page shows it. ``state`` is done, begun or nothing yet."""

    question: Question
    answer: str
    mark: object
    feedback: object
    state: str


def as_stored(assessment: Assessment, answered: Sequence[Answered] = ()) -> ScoringForm:
    """
    answered  every question with its answer, where it was read already
    """
    questions = [one.question for one in answered if one.question.is_scored]
    questions = questions or scoring.scored_questions(assessment)
    return ScoringForm(questions, initial=stored(assessment, _scores(assessment), questions))


def is_editable(assessment: Assessment, reader: User) -> bool:
    is_theirs = assessment.assessor_id == reader.pk and assessment.is_scorable
    return is_theirs and assessment.application.status == Status.IN_ASSESSMENT


def context(assessment: Assessment, form: ScoringForm, answered: Sequence[Answered] = ()) -> dict:
    """What the page prints of the application and of the form, in a fixed number of queries."""
    application = assessment.application
    answered = answered or reading.answers(application)
    texts = {one.question.pk: one.text for one in answered}
    rows = [_row(form, question, texts.get(question.pk, "")) for question in form.questions]
    return {
        "assessment": assessment,
        "application": application,
        "form": form,
        "choices": CHOICES,
        "category_hint": f"The applicant chose {application.get_research_category_display().lower()}."
        if application.research_category
        else "",
        "rows": rows,
        "next": next((row.question for row in rows if row.state != "done"), None),
        "unscored": [one for one in answered if not one.question.is_scored],
        "scope_answer": next((one.text for one in answered if one.question.key == "scope"), ""),
        "parts": reading.parts(application),
        "done": sum(row.state == "done" for row in rows),
        "bands": bands.BANDS,
        "bands_out_of": bands.OUT_OF,
        "word_limit": scoring.WORD_LIMIT,
        "total": sum(_given(row.mark) for row in rows),
        "most": sum(row.question.max_marks or 0 for row in rows),
    }


def versions(assessment: Assessment, reader: User) -> dict:
    """What was submitted and why it was ``reopened``, and whether this person may reopen what stands."""
    rows = AssessmentVersion.objects.filter(assessment=assessment).select_related("reopening__made_by")
    kept = list(rows.order_by("number"))
    return {
        "kept_versions": kept,
        "reopened": getattr(kept[-1], "reopening", None) if kept and not assessment.is_submitted else None,
        "reopen_form": ReopenForm() if reopening.is_reopenable(assessment, reader) else None,
    }


def onwards(assessment: Assessment) -> dict:
    """For an assessor who has submitted: the next that they may mark, and how many there are of these."""
    mine = Assessment.objects.visible_to(assessment.assessor).owed_by(assessment.assessor)
    rows = list(
        mine.exclude(status=AssessmentStatus.PENDING).select_related("application").order_by("given_at", "pk")
    )
    return {"onwards": rows[0] if rows else None, "left": len(rows)}


def differences(form: ScoringForm, assessment: Assessment) -> dict[str, str]:
    """Return what is kept, by field, wherever it is not what the form would keep."""
    kept = stored(assessment, _scores(assessment), form.questions)
    kept.pop("version")
    found = {}
    for name, value in kept.items():
        read = as_choice(form.cleaned_data[name]) if name in form.cleaned_data else form[name].value()
        if _plain(read) != _plain(value):
            found[name] = "" if value is None else value
    return found


def at_fields(form: ScoringForm, kept: dict[str, str]) -> list[conflict.Difference]:
    return [
        conflict.Difference(
            str(form[name].label), text, str(form[name].value() or ""), href=f"#{first_control(form[name])}"
        )
        for name, text in kept.items()
    ]


def place(asked: str, questions: list[Question]) -> str:
    """Return the anchor the assessor was at, as the page's script noted it, or the top."""
    known = {"verdict", *(f"question-{question.number}" for question in questions)}
    return asked if asked in known else "content-start"


def _scores(assessment: Assessment) -> dict[int, Score]:
    return {score.question_id: score for score in assessment.scores.all()}


def _row(form: ScoringForm, question: Question, answer: str) -> Row:
    mark, feedback = form[mark_name(question)], form[feedback_name(question)]
    has_mark = str(mark.value() if mark.value() is not None else "").strip() != ""
    has_feedback = word_count.says_something(feedback.value() or "")
    is_within = word_count.count(feedback.value() or "") <= scoring.WORD_LIMIT
    is_done = has_mark and has_feedback and is_within and not mark.errors
    return Row(
        question, answer, mark, feedback, "done" if is_done else "begun" if has_mark or has_feedback else ""
    )


def _given(mark) -> int:
    text = str(mark.value()).strip()
    return int(text) if text.isdecimal() and len(text) < 4 else 0


def _plain(value) -> str:
    return "" if value is None else "\n".join(str(value).strip().splitlines())
