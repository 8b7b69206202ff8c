"""What a person has in hand: drafts, entries and decisions."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from accounts.formats import time_left
from accounts.models import Notification, Organisation
from accounts.views.arrival import arrived_at
from accounts.views.organisation import ApplicantRequired
from applications import in_hand
from applications.models import Application
from applications.workflow import DECISIONS, Status

#: As many of the notifications not read yet as the page names.
UNREAD = 5


class Dashboard(ApplicantRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        at = arrived_at(request)
        mine = (
            Application.objects.of_members_like(request.user)
            .with_shown_status(request.user)
            .with_reopened()
            .select_related("competition")
            .order_by("competition__closes_at", "-started_at")
        )
        drafts: list[Application] = []
        missed: list[Application] = []
        submitted, decided, withdrawn = [], [], []
        for application in mine:
            if application.shown_status == Status.DRAFT:
                is_open = application.competition.is_open_at(at)
                (drafts if is_open else missed).append(application)
            elif application.shown_status == Status.WITHDRAWN:
                withdrawn.append(application)
            elif application.shown_status in DECISIONS | {Status.INELIGIBLE}:
                decided.append(application)
            else:
                submitted.append(application)
        far = in_hand.of(drafts)
        for draft in drafts:
            draft.in_hand = far[draft.pk]  # type: ignore[attr-defined]
        next_close = drafts[0].competition if drafts else None
        unread = Notification.objects.in_pages_of(request.user).unread().order_by("-created_at", "-pk")
        context = {
            "drafts": drafts,
            "missed": missed,
            "submitted": submitted,
            "decided": decided,
            "withdrawn": withdrawn,
            "next_close": next_close,
            "time_left": time_left(next_close.closes_at, at) if next_close else "",
            "unread": unread[:UNREAD],
            "has_organisation": Organisation.objects.belonging_to(request.user).exists(),
        }
        return render(request, "applications/dashboard.html", context)
