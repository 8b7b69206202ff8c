"""The pages of a draft that are one form: details, the organisation's part, declarations."""

from applications import drafting, sections
from applications.forms.declarations import DeclarationsForm
from applications.forms.details import DetailsForm
from applications.forms.part import ELSEWHERE, PartForm
from applications.models import Area
from applications.views.pages import FormPage


class Details(FormPage):
    template_name = "applications/section_form.html"
    section = sections.DETAILS
    form_class = DetailsForm

    def saved(self) -> dict:
        return {name: getattr(self.application, name) for name in drafting.DETAILS}

    def save(self, form) -> None:
        drafting.save_details(
            self.application,
            form.cleaned_data,
            version=form.cleaned_data["version"],
            by=self.request.user,
            at=self.at,
            is_autosave=self.is_autosave,
        )


class Part(FormPage):
    template_name = "applications/section_form.html"
    section = sections.ORGANISATION
    form_class = PartForm
    tied = (frozenset({"work_area", "elsewhere"}),)

    def saved(self) -> dict:
        part = self.participant
        return {
            "work_postcode": part.work_postcode,
            "work_area": ELSEWHERE if part.elsewhere else part.work_area_id,
            "elsewhere": part.elsewhere,
            "terms_accepted": part.terms_accepted_at is not None,
        }

    def saved_as_read(self) -> dict:
        saved = self.saved()
        return {**saved, "work_area": str(saved["work_area"] or "")}

    def form_options(self) -> dict:
        areas = Area.objects.filter(region=self.application.competition.region_id)
        return {"areas": areas.order_by("-is_core", "name")}

    def save(self, form) -> None:
        given = form.cleaned_data
        drafting.save_part(
            self.participant,
            work_postcode=given["work_postcode"],
            work_area=form.area(),
            elsewhere=given["elsewhere"],
            terms_accepted=given["terms_accepted"],
            version=given["version"],
            by=self.request.user,
            at=self.at,
            is_autosave=self.is_autosave,
        )


class Declarations(FormPage):
    template_name = "applications/section_form.html"
    section = sections.DECLARATIONS
    form_class = DeclarationsForm

    def saved(self) -> dict:
        return {name: getattr(self.application, name) for name in drafting.DECLARATIONS}

    def save(self, form) -> None:
        drafting.save_declarations(
            self.application,
            form.cleaned_data,
            version=form.cleaned_data["version"],
            by=self.request.user,
            at=self.at,
            is_autosave=self.is_autosave,
        )
