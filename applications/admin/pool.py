"""What staff keep for the pool: skills, the agreement, and which company belongs to which."""

from django import forms
from django.contrib import admin

from accounts import company_number
from accounts.admin.records import Rule
from accounts.roles import Role
from accounts.views.arrival import arrived_at
from accounts.views.one_effect import one_effect
from applications.assessment import declarations, pool
from applications.models import AgreementVersion, ParentCompany, Skill


class ParentForm(forms.ModelForm):
    class Meta:
        model = ParentCompany
        fields = ("number", "parent_number")

    def clean(self):
        given = super().clean()
        for name in self._meta.fields:
            try:
                given[name] = company_number.normalise(given.get(name, ""))
            except company_number.NotACompanyNumber as refusal:
                self.add_error(name, str(refusal))
        return given


class KeptByManagers(Rule):
    """Managers of the programme add to the list; other staff read it."""

    def has_add_permission(self, request, obj=None):
        return Role.MANAGER in request.user.roles_in(None)

    @one_effect("keep what the pool knows")
    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """No version stands between two entries here, so others under one key are refused."""
        return admin.ModelAdmin.changeform_view(self, request, object_id, form_url, extra_context)


@admin.register(Skill)
class SkillAdmin(KeptByManagers):
    list_display = ("name", "area", "is_offered")
    list_filter = ("area", "is_offered")
    search_fields = ("name", "area")
    ordering = ("area", "name")

    def has_change_permission(self, request, obj=None):
        return self.has_add_permission(request)

    def save_model(self, request, obj, form, change):
        pool.offer_skill(obj, by=request.user, at=arrived_at(request))


@admin.register(ParentCompany)
class ParentCompanyAdmin(KeptByManagers):
    list_display = ("number", "parent_number")
    search_fields = ("number", "parent_number")
    ordering = ("number",)
    form = ParentForm

    def save_model(self, request, obj, form, change):
        pool.note_parent(obj, by=request.user, at=arrived_at(request))


@admin.register(AgreementVersion)
class AgreementVersionAdmin(KeptByManagers):
    list_display = ("number", "written_by", "written_at")
    list_select_related = ("written_by",)
    ordering = ("-number",)
    fields = ("text",)

    def save_model(self, request, obj, form, change):
        made = declarations.publish(obj.text, by=request.user, at=arrived_at(request))
        obj.pk, obj.number = made.pk, made.number
