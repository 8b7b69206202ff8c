"""An application as a whole: the task list while it is written, and all of it once it is not."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import Notification, OwedState
from applications import eligibility, feedback, outcome, parts, reading, rules, sections, told, waivers
from applications.desk import ineligibility
from applications.models import StatusChange
from applications.sections import Progress
from applications.views.pages import ApplicationPage
from applications.workflow import Status


class Entry(ApplicationPage):
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return self.task_list() if self.is_editable else self.whole()

    def with_more(self, found):
        return reading.with_people_and_answered(found)

    def task_list(self) -> HttpResponse:
        parts.read_costs(self.application)
        groups = reading.task_list(self.application)
        tasks = [task for _, of_group in groups for task in of_group]
        untouched = {task.section.key for task in tasks if task.progress == Progress.NOT_STARTED}
        context = {
            **self.common(),
            "groups": groups,
            "notices": self.notices(),
            "complete": sum(task.progress == Progress.COMPLETED for task in tasks),
            "sections": len(tasks),
            "warnings": self.warnings(untouched),
            **self.waivers(),
        }
        return render(self.request, "applications/task_list.html", context)

    def whole(self) -> HttpResponse:
        application = self.application
        context = {
            **self.common(),
            "answers": reading.questions_and_answers(application),
            "parts": reading.parts(application),
            "outcome": outcome.facts(application),
            "steps": outcome.steps(application),
            **self.feedback(),
            "is_reopenable": self.is_reopenable,
            "withdrawal": self.withdrawal(),
            "ineligible": self.ineligible(),
            "notices": self.notices(),
            "missed_close": application.is_draft and application.competition.closes_at <= self.at,
        }
        return render(self.request, "applications/application_whole.html", context)

    def common(self) -> dict:
        application = self.application
        return {
            "application": application,
            "competition": application.competition,
            "at": self.at,
            "is_withdrawable": self.is_withdrawable,
            "is_deletable": self.is_deletable,
            "asks_equality": self.asks_equality,
            "is_led": self.is_led,
        }

    def warnings(self, untouched: set[str]) -> list[eligibility.Breach]:
        """The rules that what was entered so far breaks; nobody is warned of sums not entered yet."""
        of_sums = {sections.COSTS, sections.FUNDING} & untouched
        return [
            breach
            for breach in eligibility.breaches(self.application, at=self.at)
            if breach.rule != "ELIG-24" and breach.section not in of_sums
        ]

    def waivers(self) -> dict:
        """What was asked for outside the limits, and whether it still can be."""
        competition = self.application.competition
        asked = list(self.application.waivers.order_by("-asked_at", "-pk"))
        is_waiting = any(waiver.is_waiting for waiver in asked)
        return {
            "asked": asked,
            "may_ask": waivers.can_be_asked(competition, at=self.at) and not is_waiting,
            "last_day": waivers.last_day(competition),
            "amount_label": rules.AMOUNTS.get(competition.limit_basis, ""),
        }

    def notices(self) -> QuerySet[Notification]:
        """What was told of it to people of this person's own organisations."""
        about = Notification.objects.filter(told.of(self.application))
        shown = about.to_people_like(self.request.user).exclude(state=OwedState.VOID)
        return shown.select_related("recipient").order_by("-created_at", "-pk")

    def withdrawal(self) -> StatusChange | None:
        if self.application.status != Status.WITHDRAWN:
            return None
        moves = self.application.status_changes.filter(after=Status.WITHDRAWN).select_related("made_by")
        return moves.order_by("made_at", "pk").last()

    def ineligible(self) -> list[tuple[str, str]]:
        """What it does not meet, with the reasons, of one that was found ineligible."""
        is_out = self.application.status_as_told == Status.INELIGIBLE
        return ineligibility.reasons(self.application) if is_out else []

    def feedback(self) -> dict:
        """What the assessors, unnamed, wrote on each question and on funding; nothing before the release."""
        if self.application.released_at is None:
            return {}
        return {
            "feedback": feedback.by_question(self.application),
            "on_funding": feedback.on_funding(self.application),
            "on_comparison": feedback.on_comparison(self.application),
        }


class All(ApplicationPage):
    """All that an application says on one page, to read and to print, before it is submitted too."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        context = {
            "application": self.application,
            "competition": self.application.competition,
            "answers": reading.questions_and_answers(self.application),
            "parts": reading.parts(self.application),
            "is_editable": self.is_editable,
            "at": self.at,
        }
        return render(request, "applications/application_all.html", context)
