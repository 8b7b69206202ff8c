"""The page of one submitted version of an assessment, as it was kept."""

import json

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from applications.admin import reading
from applications.forms.scoring import CHOICES, VERDICT_LABELS
from applications.models import Assessment, AssessmentVersion


@require_safe
def show(request: HttpRequest, pk: int, version: int, *, site: AdminSite) -> HttpResponse:
    """Found where its assessment is: an assessor's own, and all of their regions' for staff."""
    assessment = reading.assessment(request.user, pk)
    versions = AssessmentVersion.objects.filter(assessment=assessment).select_related("reopening__made_by")
    kept = get_object_or_404(versions, number=version)
    given = json.loads(kept.content)
    context = {
        **site.each_context(request),
        "title": f"Version {kept.number} of the assessment of {assessment.application.reference}",
        "opts": Assessment._meta,
        "assessment": assessment,
        "application": assessment.application,
        "version": kept,
        "marks": given["marks"],
        "total": sum(one["mark"] for one in given["marks"]),
        "most": sum(one["out_of"] for one in given["marks"]),
        "verdict": [
            (label, {True: "Yes", False: "No", None: "Not asked"}[given["verdict"].get(name)])
            if name in CHOICES
            else (label, given["verdict"][name])
            for name, label in VERDICT_LABELS.items()
        ],
    }
    return TemplateResponse(request, "admin/applications/assessment/version.html", context)
