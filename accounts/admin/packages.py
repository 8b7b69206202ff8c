"""What packages put into the office: under our rules, or not there at all."""

import allauth.account.admin  # noqa: F401 - registers the list that is taken away below
import django.contrib.auth.admin  # noqa: F401
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Group

from accounts.admin.records import Rule

# Nobody works on it: a person's address stands with the person.
admin.site.unregister(EmailAddress)
admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(Rule):
    """The roles, each with what it may do in Django's words. The table in the code is the whole of it."""

    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "permissions")
