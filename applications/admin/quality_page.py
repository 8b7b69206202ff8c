"""Where marks and feedback of a competition deserve a second look: a list for staff."""

from django.contrib.admin import AdminSite
from django.contrib.admin import site as admin_site
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views import View

from accounts.roles import held_by
from applications.assessment import quality, second_look
from applications.models import READERS, Assessment, Competition, Stage

#: Signs on one page.
SIGNS = 100


class QualityPage(View):
    """With ``?competition=`` the signs of that one; without, the competitions to choose from."""

    http_method_names = ["get", "head"]
    site: AdminSite = admin_site

    def get(self, request: HttpRequest) -> HttpResponse:
        if not held_by(request.user) & READERS:
            raise PermissionDenied
        readable = Competition.objects.run_by(request.user, READERS).exclude(stage=Stage.SET_UP)
        code = request.GET.get("competition", "").replace("\x00", "")[:30]
        chosen = get_object_or_404(readable, code=code) if code else None
        signs = second_look.of_competition(chosen) if chosen else []
        context = {
            **self.site.each_context(request),
            "title": "Second look",
            "opts": Assessment._meta,
            "competitions": readable.order_by("-closes_at", "code"),
            "chosen": chosen,
            "page": Paginator(signs, SIGNS).get_page(request.GET.get("page")),
            "rules": quality.RULES,
        }
        return TemplateResponse(request, "admin/applications/assessment/quality.html", context)
