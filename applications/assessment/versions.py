"""What was submitted each time, kept as it was: marks, feedback and verdict with their fingerprint."""

import hashlib
import json

from applications.models import VERDICT, Assessment, AssessmentVersion, Score

#: Whoever changes what is in the content raises it.
FORM = 1


def keep(assessment: Assessment) -> AssessmentVersion:
    """Keep what stands submitted, and return its version; the same one where it is kept already."""
    kept = AssessmentVersion.objects.filter(assessment=assessment)
    if found := kept.filter(submitted_at=assessment.submitted_at).first():
        return found
    text = content(assessment)
    return AssessmentVersion.objects.create(
        assessment=assessment,
        number=kept.count() + 1,
        submitted_at=assessment.submitted_at,
        content=text,
        fingerprint=hashlib.sha256(text.encode()).hexdigest(),
    )


def content(assessment: Assessment) -> str:
    """All that its assessor gave, as JSON: names in order, no spaces."""
    scores = Score.objects.filter(assessment=assessment).select_related("question")
    given = {
        "form": FORM,
        "application": assessment.application.reference,
        "marks": [
            {
                "question": score.question.key,
                "number": score.question.number,
                "title": score.question.title,
                "mark": score.mark,
                "out_of": score.question.max_marks,
                "feedback": score.feedback,
            }
            for score in scores.order_by("question__position")
        ],
        "verdict": {name: getattr(assessment, name) for name in VERDICT},
    }
    return json.dumps(given, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
