from django.contrib import admin

from accounts.admin.records import Rule
from accounts.models import Region


@admin.register(Region)
class RegionAdmin(Rule):
    list_display = ("name", "code", "ons_code", "theme")
    ordering = ("name",)
