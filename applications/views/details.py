"""The pages of a draft that are one form: details, the organisation's part, declarations."""

from django.http import HttpRequest, HttpResponse

from applications import drafting, sections
from applications.editing import StaleVersion
from applications.forms.declarations import DeclarationsForm
from applications.forms.details import DetailsForm
from applications.forms.part import PartForm
from applications.models import Area
from applications.views.pages import CONFLICT, FormPage


class Details(FormPage):
    template_name = "applications/section_form.html"
    section = sections.DETAILS

    def form(self, data=None) -> DetailsForm:
        shown = {name: getattr(self.application, name) for name in drafting.DETAILS}
        return DetailsForm(data, initial={**shown, "version": self.application.version})

    def save(self, form) -> None:
        details = {name: form.cleaned_data[name] for name in drafting.DETAILS}
        draft = drafting.save_details(
            self.application, details, version=form.cleaned_data["version"], by=self.request.user, at=self.at
        )
        self.application.version = draft.version

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            return super().post(request, *args, **kwargs)
        except StaleVersion as refusal:
            return self.conflict(refusal.current)

    def conflict(self, current) -> HttpResponse:
        data = self.request.POST.copy()
        data["version"] = str(current.version)
        problem = (
            "Somebody else saved these details after you opened them. Save again to put yours in their place."
        )
        return self.show(CONFLICT, form=DetailsForm(data), problems=[problem], current=current)

    def shown_again(self, form):
        data = self.request.POST.copy()
        data["version"] = str(self.application.version)
        again = DetailsForm(data)
        again.is_valid()
        return again


class Part(FormPage):
    template_name = "applications/section_form.html"
    section = sections.ORGANISATION

    def form(self, data=None) -> PartForm:
        part = self.participant
        areas = Area.objects.filter(region=self.application.competition.region_id).order_by(
            "-is_core", "name"
        )
        shown = {
            "work_postcode": part.work_postcode,
            "work_area": part.work_area_id,
            "terms_accepted": part.terms_accepted_at is not None,
        }
        return PartForm(data, areas=areas, initial=shown)

    def save(self, form) -> None:
        drafting.save_part(self.participant, **form.cleaned_data, by=self.request.user, at=self.at)


class Declarations(FormPage):
    template_name = "applications/section_form.html"
    section = sections.DECLARATIONS

    def form(self, data=None) -> DeclarationsForm:
        return DeclarationsForm(
            data, initial={name: getattr(self.application, name) for name in drafting.DECLARATIONS}
        )

    def save(self, form) -> None:
        drafting.save_declarations(self.application, form.cleaned_data, by=self.request.user, at=self.at)
