"""The pages behind the links at the foot of every page."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import TemplateView

accessibility = TemplateView.as_view(template_name="accounts/accessibility.html")
privacy = TemplateView.as_view(template_name="accounts/privacy.html")
cookies = TemplateView.as_view(template_name="accounts/cookies.html")


def contact(request: HttpRequest) -> HttpResponse:
    shown = settings.CONTACT.removeprefix("mailto:").removeprefix("https://")
    return render(request, "accounts/contact.html", {"contact": settings.CONTACT, "contact_shown": shown})
