"""Lines of a record, shown with it and never changed there."""

from django.contrib import admin


class ReadOnlyLines(admin.TabularInline):
    template = "admin/read_only_lines.html"
    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False
