from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class AccountsConfig(AppConfig):
    name = "accounts"


class OfficeConfig(AdminConfig):
    """Django's admin, served by our own site."""

    default_site = "accounts.office.Office"
