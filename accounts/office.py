from django.contrib.admin import AdminSite


class Office(AdminSite):
    """Where assessors and staff work: Django's admin under our name and sign-in."""

    site_header = "Launchpad office"
    site_title = "Launchpad office"
    index_title = "Your work"
