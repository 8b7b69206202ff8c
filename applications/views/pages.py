"""What the pages of an application have in common: whose it is, and what to answer to a refusal."""

from abc import abstractmethod

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views import View

from accounts.forms import conflict
from accounts.models import Edited
from accounts.versions import StaleVersion
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from accounts.views.organisation import ApplicantRequired
from applications import completeness, drafting, editing, eligibility, rules, withdrawal
from applications.editing import CompetitionClosed, NotEditable
from applications.models import Application, Participant
from applications.sections import Section
from applications.workflow import Status

REFUSED = 422
CONFLICT = 409


class ApplicationPage(ApplicantRequired, View):
    """A page of one application, found among those of the person's own organisations."""

    def setup(self, request: HttpRequest, *args, **kwargs) -> None:
        super().setup(request, *args, **kwargs)
        self.at = arrived_at(request)

    def read_again(self) -> None:
        """Forget what was read, where somebody else has changed it since."""
        for name in ("application", "participant"):
            self.__dict__.pop(name, None)

    @cached_property
    def application(self) -> Application:
        own = Application.objects.of_members_like(self.request.user).with_shown_status(self.request.user)
        found = own.with_reopened().select_related(
            "competition__region", "competition__question_set", "submitted_by"
        )
        return get_object_or_404(found, reference=self.kwargs["reference"])

    @cached_property
    def participant(self) -> Participant:
        return self.application.participants.select_related("work_area", "organisation").get(is_lead=True)

    @cached_property
    def is_led(self) -> bool:
        """Whether the person may edit for the organisation that leads the application."""
        return Application.objects.led_by(self.request.user).filter(pk=self.application.pk).exists()

    @cached_property
    def is_reopenable(self) -> bool:
        application = self.application
        is_open = application.competition.is_open_at(self.at)
        return application.status == Status.SUBMITTED and is_open and self.is_led

    @cached_property
    def is_withdrawable(self) -> bool:
        """Nothing in it tells a decided application from one that is being assessed."""
        application = self.application
        return (withdrawal.is_withdrawable(application) or application.is_reopened) and self.is_led

    @cached_property
    def is_deletable(self) -> bool:
        return self.application.is_draft and not self.application.is_reopened and self.is_led

    @cached_property
    def is_editable(self) -> bool:
        application = self.application
        return application.is_draft and application.competition.is_open_at(self.at) and self.is_led


@method_decorator(one_effect("save draft", edits=True), name="dispatch")
class DraftPage(ApplicationPage):
    """A page on which a draft is written. Read-only people and finished drafts are led to the whole."""

    template_name: str
    section: str

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not self.is_editable:
            return redirect("applications:detail", self.application.reference)
        return self.show()

    def context(self) -> dict:
        return {
            "application": self.application,
            "competition": self.application.competition,
            "participant": self.participant,
            "section": self.section_now,
            "is_complete": self.is_complete(),
        }

    def is_complete(self) -> bool:
        return self.application.completed_sections.filter(section=self.section).exists()

    @cached_property
    def section_now(self) -> Section | None:
        form = eligibility.form_sections(self.application)
        return next((section for section in form if section.key == self.section), None)

    def show(self, status: int = 200, **more) -> HttpResponse:
        return render(self.request, self.template_name, {**self.context(), **more}, status=status)

    def refused(self, refusal: Exception, **more) -> HttpResponse:
        """Show the page again with everything typed, and why nothing was saved."""
        if isinstance(refusal, CompetitionClosed):
            received = rules.received(self.at)
            closed = rules.closed(refusal.closed_at) if refusal.closed_at else "This competition is not open."
            return self.show(CONFLICT, problems=[f"{closed} {received} Nothing was saved."], **more)
        return self.show(
            CONFLICT, problems=["This application can no longer be changed. Nothing was saved."], **more
        )

    def two_versions(self, form, refusal: StaleVersion, differences: list, **more) -> HttpResponse:
        """Show what was saved meanwhile beside what was typed; saving again is a choice between them."""
        found = conflict.between(refusal.current, differences, reader=self.request.user)
        form = conflict.with_version(form, refusal.current.version)
        return self.show(CONFLICT, form=form, conflict=found, problems=found.problems, **more)

    def done(self, form=None, **more) -> HttpResponse:
        """After saving: mark the section as complete where that was asked for, and go on."""
        if "complete" not in self.request.POST:
            messages.success(self.request, f"{self.section_now.title}: saved.")
            return redirect("applications:detail", self.application.reference)
        try:
            drafting.complete(self.application, self.section, by=self.request.user, at=self.at)
        except completeness.Incomplete as refusal:
            return self.incomplete(refusal, form, **more)
        messages.success(self.request, f"{self.section_now.title}: saved and marked as complete.")
        return redirect("applications:detail", self.application.reference)

    def incomplete(self, refusal: completeness.Incomplete, form, **more) -> HttpResponse:
        """Saved, but something is missing: say what, at the field where it has one."""
        loose = []
        for problem in refusal.problems:
            if form is not None and problem.field in form.fields:
                form.add_error(problem.field, problem.message)
            else:
                loose.append(problem.message)
        return self.show(REFUSED, form=form, problems=loose, is_saved=True, **more)


class FormPage(DraftPage):
    """A draft page with one form: subclasses say which, what is saved, and what saving means."""

    form_class: type

    @abstractmethod
    def saved(self) -> dict:
        """What is saved now, by the names of the form's fields."""

    @abstractmethod
    def save(self, form) -> None: ...

    def last_save(self) -> Edited:
        """The row that knows the page's version, and who saved it when."""
        return editing.saved_page(self.participant, self.section)

    def form(self, data=None):
        shown = {**self.saved(), "version": self.last_save().version} if data is None else None
        return self.form_class(data, initial=shown, **self.form_options())

    def form_options(self) -> dict:
        return {}

    def context(self) -> dict:
        return {"form": self.form() if self.request.method == "GET" else None, **super().context()}

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(REFUSED, form=form)
        try:
            self.save(form)
        except StaleVersion as refusal:
            self.read_again()
            return self.two_versions(form, refusal, conflict.differences(form, self.saved()))
        except (CompetitionClosed, NotEditable) as refusal:
            return self.refused(refusal, form=form)
        self.read_again()
        return self.done(form)

    def incomplete(self, refusal: completeness.Incomplete, form, **more) -> HttpResponse:
        form = conflict.with_version(form, self.last_save().version)
        return super().incomplete(refusal, form, **more)
