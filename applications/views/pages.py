"""What the pages of an application have in common: whose it is, and what to answer to a refusal."""

from abc import abstractmethod
from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views import View

from accounts.forms import conflict
from accounts.models import Edited
from accounts.versions import StaleVersion
from accounts.views import sign_in, unsaved
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from accounts.views.organisation import ApplicantRequired
from applications import completeness, drafting, editing, eligibility, equality, rules, withdrawal
from applications.editing import CompetitionClosed, NotEditable
from applications.models import Application, Participant
from applications.sections import Section
from applications.views import autosave
from applications.workflow import Status

REFUSED = 422
CONFLICT = 409


class ApplicationPage(ApplicantRequired, View):
    """A page of one application, found among those of the person's own organisations."""

    def setup(self, request: HttpRequest, *args, **kwargs) -> None:
        super().setup(request, *args, **kwargs)
        self.at = arrived_at(request)

    #: What is read once for an answer.
    READ: tuple[str, ...] = ("application", "participant")

    def read_again(self) -> None:
        """Forget what was read, where somebody else has changed it since."""
        for name in self.READ:
            self.__dict__.pop(name, None)

    @cached_property
    def application(self) -> Application:
        own = Application.objects.of_members_like(self.request.user).with_shown_status(self.request.user)
        found = (
            own.with_reopened()
            .with_led(self.request.user)
            .with_completed()
            .select_related("competition__region", "submitted_by")
        )
        return get_object_or_404(self.with_more(found), reference=self.kwargs["reference"])

    def with_more(self, found):
        """What a page needs beside, read along with the application."""
        return found

    @cached_property
    def participant(self) -> Participant:
        parts = Participant.objects.select_related("work_area", "organisation")
        return parts.get(application=self.application, is_lead=True)

    @property
    def is_led(self) -> bool:
        """Whether the person may edit for the organisation that leads the application."""
        return self.application.is_led

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
    def asks_equality(self) -> bool:
        """Whether the equality questions stand open for the person."""
        return self.is_led and equality.is_asked(self.application, self.at)

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
    #: Whether the page is saved by itself while somebody writes.
    autosaves = False

    @cached_property
    def is_autosave(self) -> bool:
        return self.autosaves and autosave.is_asked(self.request)

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        if request.method == "POST" and request.user.is_authenticated:
            kept = unsaved.sent(request)
            if kept and kept.writer != request.user.pk:
                return sign_in.by_somebody_else(request, kept)
            if "discard" in request.POST:
                unsaved.forget(request)
                return redirect(request.path)
        return super().dispatch(request, *args, **kwargs)

    def handle_no_permission(self) -> HttpResponse:
        """Where the session has ended, keep what was typed for its writer."""
        if not self.request.user.is_authenticated:
            if autosave.is_asked(self.request):
                return autosave.signed_out()
            if unsaved.writer_of(self.request):
                return sign_in.ask(self.request, unsaved.sent(self.request))
        return super().handle_no_permission()

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not self.is_editable:
            return redirect("applications:detail", self.application.reference)
        kept = unsaved.waiting(request)
        if kept and "saved" not in request.GET:
            return self.put_back(kept.data, unsaved=kept, is_put_back=True)
        return self.show(unsaved=kept)

    def put_back(self, data: QueryDict, **more) -> HttpResponse:
        """Show what was typed before the session ended, beside what was saved meanwhile; nothing is saved."""
        return self.show(**more)

    def put_back_form(self, form, current: Edited, differences: Callable[[], list], **more) -> HttpResponse:
        form.is_valid()
        found = differences()
        if not found:
            # It is what is saved: there was nothing to lose.
            unsaved.forget(self.request)
            return self.show()
        if form.cleaned_data.get("version", 0) == current.version:
            return self.show(form=form, **more)
        both = conflict.between(current, found, reader=self.request.user)
        more |= {"conflict": both, "problems": both.problems, "again": f"{self.request.path}?saved"}
        return self.show(form=conflict.with_version(form, current.version), autosaves=False, **more)

    def context(self) -> dict:
        return {
            "application": self.application,
            "competition": self.application.competition,
            "participant": self.participant,
            "section": self.section_now,
            "is_complete": self.is_complete(),
        }

    def is_complete(self) -> bool:
        return self.section in eligibility.completed(self.application)

    @cached_property
    def section_now(self) -> Section | None:
        form = eligibility.form_sections(self.application)
        return next((section for section in form if section.key == self.section), None)

    def show(self, status: int = 200, **more) -> HttpResponse:
        if self.is_autosave:
            return autosave.refused(status, **more)
        # After a conflict the next save is a choice, which nobody makes by pausing.
        shown = {"autosaves": self.autosaves and status != CONFLICT, **self.context(), **more}
        return render(self.request, self.template_name, shown, status=status)

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
        unsaved.forget(self.request)
        if self.is_autosave:
            self.read_again()
            left_out = [form, *more.get("forms", ())]
            return autosave.saved(self.last_save(), at=self.at, left_out=left_out, **self.facts(form))
        if "complete" not in self.request.POST:
            messages.success(self.request, f"{self.section_now.title}: saved.")
            return redirect("applications:detail", self.application.reference)
        try:
            drafting.complete(self.application, self.section, by=self.request.user, at=self.at)
        except completeness.Incomplete as refusal:
            self.read_again()
            return self.incomplete(refusal, form, **more)
        messages.success(self.request, f"{self.section_now.title}: saved and marked as complete.")
        return redirect("applications:detail", self.application.reference)

    def last_save(self) -> Edited:
        """The row that knows the page's version, and who saved it when."""
        return editing.saved_page(self.participant, self.section)

    def facts(self, form) -> dict:
        """What the script shows of what it has saved, beside when."""
        return {"is_complete": False}

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
    autosaves = True
    #: Fields of which an autosave takes all or none.
    tied: tuple[frozenset[str], ...] = ()

    @abstractmethod
    def saved(self) -> dict:
        """What is saved now, by the names of the form's fields."""

    @abstractmethod
    def save(self, form) -> None: ...

    def form(self, data=None):
        shown = {**self.saved(), "version": self.last_save().version} if data is None else None
        return self.form_class(data, initial=shown, **self.form_options())

    def form_options(self) -> dict:
        return {}

    def context(self) -> dict:
        return {"form": self.form() if self.request.method == "GET" else None, **super().context()}

    def put_back(self, data: QueryDict, **more) -> HttpResponse:
        form = self.form(data)
        found = partial(conflict.differences, form, self.saved())
        return self.put_back_form(form, self.last_save(), found, **more)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid() and not (self.is_autosave and self.leaves_out_broken(form)):
            return self.show(REFUSED, form=form)
        try:
            self.save(form)
        except StaleVersion as refusal:
            self.read_again()
            return self.two_versions(form, refusal, conflict.differences(form, self.saved()))
        except (CompetitionClosed, NotEditable) as refusal:
            return self.refused(refusal, form=form)
        return self.done(form)

    def leaves_out_broken(self, form) -> bool:
        """Let what cannot be read stay as it is saved; return whether anything else was changed."""
        kept, broken = self.saved_as_read(), set(form.errors)
        if not broken <= set(kept):
            return False
        for group in self.tied:
            broken |= group if group & broken else set()
        form.cleaned_data |= {name: kept[name] for name in broken}
        return any(form.cleaned_data[name] != value for name, value in kept.items())

    def saved_as_read(self) -> dict:
        """What is saved now, as the form would read it from what is typed."""
        return self.saved()

    def incomplete(self, refusal: completeness.Incomplete, form, **more) -> HttpResponse:
        form = conflict.with_version(form, self.last_save().version)
        return super().incomplete(refusal, form, **more)
