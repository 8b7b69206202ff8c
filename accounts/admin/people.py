"""People and the roles they hold."""

from django import forms
from django.contrib import admin, messages

from accounts import appointments
from accounts.admin.records import Record
from accounts.models import User
from accounts.roles import Role


class RolesForm(forms.ModelForm):
    """The roles a person holds, and whether they may sign in. Nothing else about a person is changed here."""

    roles_held = forms.MultipleChoiceField(
        label="Roles",
        choices=[(role.value, role.value.capitalize()) for role in Role],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = User
        fields = ("is_active",)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "roles_held" in self.fields:
            self.fields["roles_held"].initial = sorted(self.instance.roles)


@admin.register(User)
class UserAdmin(Record):
    list_display = ("name", "email", "roles_in_words", "is_active", "joined_at")
    list_display_links = ("name", "email")
    list_filter = ("is_active", "groups")
    search_fields = ("name", "email")
    ordering = ("name", "email")
    form = RolesForm
    readonly_fields = ("name", "email", "joined_at", "last_login", "roles_in_words")

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("holdings")

    def has_change_permission(self, request, obj=None):
        """An administrator, for anybody but themself."""
        if Role.ADMINISTRATOR not in request.user.roles:
            return False
        return obj is None or obj.pk != request.user.pk

    def get_fields(self, request, obj=None):
        roles = "roles_held" if self.has_change_permission(request, obj) else "roles_in_words"
        return ("name", "email", "joined_at", "last_login", "is_active", roles)

    def save_model(self, request, obj, form, change):
        """Appoint through the one action. Its refusals are shown and nothing is saved."""
        roles = {Role(name) for name in form.cleaned_data["roles_held"]}
        try:
            appointments.appoint(obj, roles, is_active=form.cleaned_data["is_active"], by=request.user)
        except appointments.AppointmentRefused as refusal:
            request.refusal = str(refusal)

    def save_related(self, request, form, formsets, change):
        """Nothing: the roles were set with the person."""

    def log_change(self, request, obj, message):
        return None if hasattr(request, "refusal") else super().log_change(request, obj, message)

    def response_change(self, request, obj):
        if refusal := getattr(request, "refusal", None):
            self.message_user(request, refusal, messages.ERROR)
            return self.response_post_save_change(request, obj)
        return super().response_change(request, obj)

    @admin.display(description="roles")
    def roles_in_words(self, person):
        return ", ".join(held.in_words for held in person.held) or "none"
