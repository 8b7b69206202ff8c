"""The base of every list in the office: rows a person may see, changed by actions and not by hand."""

from collections.abc import Mapping

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.admin.in_words import in_words
from accounts.admin.list_files import ListFiles
from accounts.roles import Role
from accounts.views.one_effect import one_effect


class Record(ListFiles, admin.ModelAdmin):
    """Rows that are read. ``accounts.permissions`` says who opens the list, ``visible_to`` which rows it has.

    A subclass that lets somebody add or change says so itself. Nobody deletes anything here.
    """

    actions: tuple[str, ...] | None = None
    list_per_page = 50
    show_full_result_count = False
    view_on_site = False
    #: What is done there, for the first page, by the role that does it; others read.
    does: Mapping[Role, str] = {}

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(request.user)

    def get_list_display(self, request):
        return in_words(self.model, super().get_list_display(request))

    def get_fields(self, request, obj=None):
        """A field that is typed stays a field."""
        names = super().get_fields(request, obj)
        may_type = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return names if may_type else in_words(self.model, names)

    @one_effect("act on a list")
    def changelist_view(self, request, extra_context=None):
        """Name the list by what is on it, instead of "Select … to view"."""
        title = {"title": str(self.opts.verbose_name_plural).capitalize()}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def render_change_form(self, request, context, *args, **options):
        """A refused form comes back with a status that says so."""
        answer = super().render_change_form(request, context, *args, **options)
        if context.get("errors"):
            answer.status_code = 422
        return answer

    @one_effect("save record", edits=True)
    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        return super().changeform_view(request, object_id, form_url, extra_context)

    def history_view(self, request, object_id, extra_context=None):
        """Closed before the row is looked for, so that nobody learns which there are."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class VisibleChoices(admin.RelatedFieldListFilter):
    """A filter by rows of another list: it names those that the person may see there."""

    def field_choices(self, field, request, model_admin):
        visible = self.rows(field.remote_field.model, request.user)
        return field.get_choices(
            include_blank=False,
            ordering=self.field_admin_ordering(field, request, model_admin),
            limit_choices_to={"pk__in": visible.values("pk")},
        )

    def rows(self, model, user):
        return model._default_manager.visible_to(user)


def counted(rows: QuerySet, parent: str) -> Coalesce:
    """A column of a list: how many of ``rows``, which an OuterRef makes one ``parent``'s, there are."""
    numbers = rows.order_by().values(parent).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(numbers), 0)


class Rule(Record):
    """Facts that everybody may know, such as regions and question sets: no row is hidden from anyone."""

    def get_queryset(self, request):
        return admin.ModelAdmin.get_queryset(self, request)
