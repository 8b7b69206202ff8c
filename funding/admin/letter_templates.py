"""The offer letter's texts: every version with what it changed, and the page on which the next is set."""

from dataclasses import dataclass

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.http import content_disposition_header

from accounts.admin.records import Record
from accounts.roles import Role
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from funding.exports import offer_letters
from funding.forms.letter_templates import CompareForm, LetterTemplateForm
from funding.models import LetterTemplate, Offer
from funding.offers import letter, letter_templates
from funding.offers.letter_templates import PARTS


@dataclass(frozen=True, slots=True)
class Beside:
    """One part of the letter in two versions."""

    title: str
    before: str
    after: str

    @property
    def is_same(self) -> bool:
        return self.before == self.after


@admin.register(LetterTemplate)
class LetterTemplateAdmin(Record):
    list_display = ("name", "reason", "made_by", "made_at")
    list_display_links = ("name",)
    list_select_related = ("made_by",)
    search_fields = ("name", "reason", "opening", "conditions", "closing", "signatory")
    ordering = ("-number",)
    does = {Role.FUNDS: "Set what the offer letter says"}
    change_list_template = "admin/funding/lettertemplate/list.html"

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("set/", view(self.set_view), name="funding_lettertemplate_set"),
            path("<int:pk>/sample.pdf", view(self.sample_view), name="funding_lettertemplate_sample"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        more = {"may_edit": letter_templates.may_edit(request.user)}
        return super().changelist_view(request, {**more, **(extra_context or {})})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """One version beside another: the one before it, or the one that is chosen."""
        is_id = object_id.isascii() and object_id.isdecimal() and len(object_id) < 19
        version = self._find(request, int(object_id) if is_id else 0)
        form = CompareForm(request.GET)
        number = form.cleaned_data["beside"] if form.is_valid() else None
        rows = self.get_queryset(request)
        other = rows.filter(number=number or version.number - 1).first()
        context = {
            "title": f"Offer letter, version {version.name}",
            "version": version,
            "holds": version == letter_templates.current(),
            "others": list(rows.exclude(pk=version.pk).latest_first()),
            "other": other,
            "beside": _beside(other, version),
            "letter": letter.read(letter.sample(version, at=version.made_at)),
            "offers": Offer.objects.filter(template_version=version.name).count(),
            "may_edit": letter_templates.may_edit(request.user),
        }
        return self._answer(request, "version", context)

    def sample_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = self._find(request, pk)
        return _document(version, arrived_at(request))

    @one_effect("set offer letter")
    def set_view(self, request: HttpRequest) -> HttpResponse:
        """The texts, a letter made of them, and, once that was looked at, the button to use them."""
        if not self.has_view_permission(request) or not letter_templates.may_edit(request.user):
            raise PermissionDenied
        at, now = arrived_at(request), letter_templates.current()
        if request.method != "POST":
            texts = {name: getattr(now, name) for name in PARTS}
            return self._set(request, LetterTemplateForm(initial={**texts, "seen": now.number}))
        form = LetterTemplateForm(request.POST)
        if not form.is_valid():
            return self._set(request, form, status=422)
        given = form.cleaned_data
        texts = letter_templates.tidied(given)
        draft = LetterTemplate(number=now.number + 1, name="not used yet", made_at=at, **texts)
        try:
            if "use" in request.POST:
                made = letter_templates.save(
                    texts, given["reason"], seen=given["seen"], by=request.user, at=at
                )
                messages.success(request, f"Version {made.name} holds from the next offer on.")
                return redirect("admin:funding_lettertemplate_change", made.pk)
            if found := letter_templates.faults(texts):
                raise letter_templates.FaultyTexts(found)
        except letter_templates.FaultyTexts as refusal:
            for field, sentence in refusal.found:
                form.add_error(field, sentence)
            return self._set(request, form, status=422)
        except letter_templates.ChangedMeanwhile as refusal:
            typed = request.POST.copy()
            typed["seen"] = str(refusal.current.number)
            form.data = typed
            return self._set(request, form, draft, problems=[str(refusal)], status=409)
        if "pdf" in request.POST:
            return _document(draft, at)
        return self._set(request, form, draft)

    def _set(
        self,
        request: HttpRequest,
        form: LetterTemplateForm,
        draft: LetterTemplate | None = None,
        *,
        problems=(),
        status: int = 200,
    ) -> HttpResponse:
        now = letter_templates.current()
        context = {
            "title": "Set the offer letter",
            "now": now,
            "form": form,
            "known": letter_templates.KNOWN,
            "letter": letter.read(letter.sample(draft, at=arrived_at(request))) if draft else None,
            "beside": _beside(now, draft) if draft else [],
            "problems": problems,
        }
        return self._answer(request, "set", context, status)

    def _find(self, request: HttpRequest, pk: int) -> LetterTemplate:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request).select_related("made_by"), pk=pk)

    def _answer(self, request, template: str, context: dict, status: int = 200) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        name = f"admin/funding/lettertemplate/{template}.html"
        return TemplateResponse(request, name, context, status=status)


def _beside(before: LetterTemplate | None, after: LetterTemplate) -> list[Beside]:
    if before is None:
        return []
    return [Beside(title, getattr(before, name), getattr(after, name)) for name, title in PARTS.items()]


def _document(version: LetterTemplate, at) -> HttpResponse:
    """The letter of an invented award as PDF, marked as not sent."""
    name = f"offer-letter-{version.name.replace(' ', '-')}.pdf"
    headers = {"Content-Disposition": content_disposition_header(True, name), "Cache-Control": "no-store"}
    made = offer_letters.preview(letter.sample(version, at=at), at=at)
    return HttpResponse(made, content_type="application/pdf", headers=headers)
