from django.contrib import admin

from accounts.admin.records import Record
from accounts.models import Organisation


@admin.register(Organisation)
class OrganisationAdmin(Record):
    list_display = ("name", "company_number", "kind", "size", "postcode", "details_confirmed_on")
    list_filter = ("kind", "size")
    search_fields = ("name", "company_number", "postcode")
    ordering = ("name", "pk")
    fields = ("name", "company_number", "kind", "size", "address", "postcode", "details_confirmed_on")
