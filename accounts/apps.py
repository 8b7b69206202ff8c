from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self):
        from accounts import invitations, notices, relay, sign_up, tasks, timetable
        from accounts.models import JobRun, Notification

        relay.owed.append((Notification, tasks.deliver_notifications))
        relay.owed.append((JobRun, tasks.run_jobs))
        relay.given_up[JobRun] = timetable.say_parked
        sign_up.invited_on["accounts:invitation"] = invitations.address_of
        notices.register()


class OfficeConfig(AdminConfig):
    """Django's admin, served by our own site."""

    default_site = "accounts.office.Office"
