"""What the service writes to people: seen with real data, tried on oneself, set anew, put back."""

from dataclasses import dataclass

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from accounts import channels, composing, rewording, trying, wording
from accounts.admin.records import Record
from accounts.forms import conflict
from accounts.forms.wording import PutBackForm, WordingForm
from accounts.models import Notification, WordingVersion
from accounts.rewording import ALL, Wording
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from accounts.wording import Example, Kind

CHANNELS = {channels.SMTP: "Email, by the mail server", channels.NOTIFY: "Email, by GOV.UK Notify"}


@dataclass(frozen=True, slots=True)
class Change:
    """One version beside the one before it."""

    version: WordingVersion
    before: tuple[str, str]
    after: tuple[str, str]
    holds: bool


@admin.register(WordingVersion)
class WordingAdmin(Record):
    """The list is of kinds, each with a page; a version is never changed, so it has none of its own."""

    change_list_template = "admin/accounts/wordingversion/list.html"
    list_filter = ("kind",)
    kept_here = "A page of texts, each to be opened: no rows that a table would have."

    def get_urls(self):
        view = self.admin_site.admin_view
        kind, of_one = "kinds/<slug:kind>/", "kinds/<slug:kind>/in/<str:code>/"
        back = view(require_POST(self.put_back_view))
        return [
            path(kind, view(self.kind_view), name="accounts_wordingversion_kind"),
            path(of_one, view(self.kind_view), name="accounts_wordingversion_own"),
            path(f"{kind}put-back/", back, name="accounts_wordingversion_put_back"),
            path(f"{of_one}put-back/", back, name="accounts_wordingversion_put_back_own"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        set_: dict[str, list[WordingVersion]] = {}
        for version in self.get_queryset(request).holding().select_related("made_by"):
            set_.setdefault(version.kind, []).append(version)
        rows = [
            {
                "kind": kind,
                "for_all": next((one for one in set_.get(kind.name, ()) if one.scope == ALL), None),
                "own": [one for one in set_.get(kind.name, ()) if one.scope != ALL],
            }
            for kind in wording.kinds()
        ]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Emails and their wording",
            "rows": rows,
            "channel": CHANNELS[channels.name()],
        }
        return TemplateResponse(request, self.change_list_template, context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """A version is read in the history of its kind."""
        if not self.has_view_permission(request) or request.method == "POST":
            raise PermissionDenied
        version = self.get_queryset(request).filter(pk=_number(object_id)).first()
        if version is None or version.kind not in {kind.name for kind in wording.kinds()}:
            raise Http404
        return redirect(_address(version.kind, version.scope))

    @one_effect("set wording", edits=True)
    def kind_view(self, request: HttpRequest, kind: str, code: str = ALL) -> HttpResponse:
        at = arrived_at(request)
        found = self._find(request, kind, code)
        if request.method != "POST":
            return self._page(request, found, code, form=self._as_it_stands(request, found, code))
        if not rewording.may_edit(request.user, code):
            raise PermissionDenied
        form = WordingForm(request.POST)
        if form.errors.keys() & {"subject", "body"}:
            return self._page(request, found, code, form=form, status=422)
        subject, body = form.cleaned_data["subject"], form.cleaned_data["body"]
        try:
            if "save" in request.POST:
                seen = form.cleaned_data.get("seen") or 0
                rewording.save(found, subject, body, scope=code, seen=seen, by=request.user, at=at)
                messages.success(request, "The wording is saved and holds from the next email on.")
                return redirect(_address(kind, code))
            if "test" in request.POST:
                about = _example(found, request, code, form.cleaned_data.get("about"))
                sent = trying.send_to_oneself(
                    found, subject, body, scope=code, about=about, by=request.user, at=at
                )
                messages.success(request, f"A test goes to {request.user.email}. Nothing is saved yet.")
                return redirect(f"{_address(kind, code)}?test={sent.pk if sent else ''}#wording")
            rewording.checked(found, subject, body, scope=code, by=request.user)
        except rewording.FaultyWording as refusal:
            for field, sentence in refusal.found:
                form.add_error(field, sentence)
            return self._page(request, found, code, form=form, status=422)
        except rewording.ChangedMeanwhile as refusal:
            conflict.with_version(form, refusal.current.number, "seen")
            return self._page(
                request, found, code, form=form, other=_conflict(request, form, refusal.current), status=409
            )
        return self._page(request, found, code, form=form)

    @one_effect("put wording back")
    def put_back_view(self, request: HttpRequest, kind: str, code: str = ALL) -> HttpResponse:
        at = arrived_at(request)
        found, form = self._find(request, kind, code), PutBackForm(request.POST)
        if not rewording.may_edit(request.user, code):
            raise PermissionDenied
        if not form.is_valid():
            raise Http404
        number, seen = form.cleaned_data["number"], form.cleaned_data["seen"]
        version = self.get_queryset(request).filter(kind=kind, scope=code, number=number).first()
        if version is None and number:
            raise Http404
        try:
            if version is None:
                rewording.take_back(found, scope=code, seen=seen, by=request.user, at=at)
            else:
                rewording.put_back(version, seen=seen, by=request.user, at=at)
        except rewording.RewordingRefused as refusal:
            messages.error(request, f"{refusal} Nothing was put back.")
            now = self._as_it_stands(request, found, code)
            return self._page(request, found, code, form=now, status=409)
        messages.success(request, "The older wording holds again, as a new version.")
        return redirect(_address(kind, code))

    def _find(self, request: HttpRequest, name: str, code: str) -> Kind:
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            kind = wording.of(name)
        except wording.UnknownKind:
            raise Http404 from None
        if code and not kind.is_of_competition:
            raise Http404
        has_own = self.get_queryset(request).filter(kind=name, scope=code).exists()
        if code and not has_own and code not in rewording.scopes_for(request.user):
            raise Http404
        return kind

    def _as_it_stands(self, request: HttpRequest, kind: Kind, code: str) -> WordingForm:
        """The wording that holds, or the one that this person has just sent to themselves."""
        now = rewording.current(kind, code)
        shown = {"subject": now.subject, "body": now.body, "seen": now.number}
        if asked := _number(request.GET.get("test", "")):
            tests = Notification.objects.filter(kind=trying.WORDING_TEST, recipient=request.user)
            test = tests.filter(pk=asked, facts__kind=kind.name).first()
            if test is not None:
                shown |= {"subject": test.facts["subject"], "body": test.facts["body"]}
                shown["about"] = test.facts["about"][0] if test.facts["about"] else None
        if about := _number(request.GET.get("about", "")):
            shown["about"] = about
        return WordingForm(initial=shown)

    def _page(
        self, request, kind: Kind, code: str, *, form: WordingForm, other=None, status: int = 200
    ) -> HttpResponse:
        now = rewording.current(kind, code)
        typed = Wording(*rewording.tidied(form["subject"].value() or "", form["body"].value() or ""))
        faults = rewording.faults(kind, typed.subject, typed.body, code)
        examples = kind.examples(request.user, code)
        chosen = str(form["about"].value() or "")
        about = _chosen(examples, chosen)
        may_edit = rewording.may_edit(request.user, code)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": kind.title,
            "kind": kind,
            "code": code,
            "channel": CHANNELS[channels.name()],
            "form": form,
            "conflict": other,
            "problems": other.problems if other else [],
            "may_edit": may_edit,
            "now": now,
            "examples": examples,
            "about": about,
            "letter": None if faults else composing.shown(kind, typed, request.user, about),
            "is_draft": (typed.subject, typed.body) != (now.subject, now.body),
            "history": self._history(request, kind, code, now),
            "scopes": self._scopes(request, kind),
            "address": _address(kind.name, code),
            "put_back_address": f"{_address(kind.name, code)}put-back/",
        }
        return TemplateResponse(request, "admin/accounts/wordingversion/kind.html", context, status=status)

    def _history(self, request, kind: Kind, code: str, now: Wording) -> list[Change]:
        versions = self.get_queryset(request).filter(kind=kind.name, scope=code).select_related("made_by")
        before, changes = wording.standing_text(kind.name), []
        for version in versions.order_by("number"):
            after = (version.subject, version.body)
            changes.append(Change(version, before, after, holds=version == now.version))
            before = after
        return changes[::-1]

    def _scopes(self, request, kind: Kind) -> list[dict]:
        """The competitions that have, or may be given, a wording of their own."""
        if not kind.is_of_competition:
            return []
        own = {one.scope for one in self.get_queryset(request).filter(kind=kind.name).holding()} - {ALL}
        named = rewording.scopes_for(request.user)
        codes = sorted(own | set(named))
        return [
            {
                "code": code,
                "name": named.get(code, code),
                "is_own": code in own,
                "address": _address(kind.name, code),
            }
            for code in codes
        ]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


def _address(kind: str, code: str) -> str:
    if code:
        return reverse("admin:accounts_wordingversion_own", args=[kind, code])
    return reverse("admin:accounts_wordingversion_kind", args=[kind])


def _chosen(examples: list[Example], chosen: str) -> Example | None:
    first = examples[0] if examples else None
    return next((one for one in examples if str(one.subject_id) == chosen), first)


def _example(kind: Kind, request: HttpRequest, code: str, chosen: int | None) -> Example | None:
    return _chosen(kind.examples(request.user, code), str(chosen or ""))


def _conflict(request: HttpRequest, form: WordingForm, current: WordingVersion) -> conflict.Conflict:
    saved = {"subject": current.subject, "body": current.body}
    is_own = current.made_by_id == request.user.pk
    found = conflict.differences(form, saved)
    return conflict.Conflict(current.made_by, current.made_at, is_own, found)
