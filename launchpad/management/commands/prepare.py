"""Make the database ready to serve: tables, rights, roles, competitions, and on request the demonstration."""

from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from accounts import clock, clock_setting
from funding import ledger_check
from funding.models import LedgerCheck


class Command(BaseCommand):
    help = (
        "Apply migrations, give the role that serves its rights, make the cache table and the roles, "
        "load the competitions, count the ledger the first time. May run at every start."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--demo-when-empty",
            action="store_true",
            help="load the demonstration where there are no people yet",
        )

    def handle(self, *, demo_when_empty: bool, verbosity: int, **options):
        with connection.cursor() as cursor:
            # Where one role does both, it is limited as a page is, and preparing may take longer.
            cursor.execute("SET statement_timeout = 0")
        # First, so that the rights which migrate gives hold for this table too.
        call_command("createcachetable", verbosity=0)
        call_command("migrate", verbosity=0, interactive=False)
        try:
            clock_setting.refuse_in_deployment()
        except clock_setting.Deployed as refusal:
            raise CommandError(
                "This is a deployment (SITE_URL), and its clock has been set. "
                "Return to the real one first: manage.py set_clock --real"
            ) from refusal
        for command in ("sync_roles", "load_competitions"):
            if command in get_commands():
                call_command(command, verbosity=verbosity)
        if not LedgerCheck.objects.exists():
            # Health says so, and approvals stop, if it does not add up; that is no reason not to start.
            ledger_check.verify(at=clock.now())
        if demo_when_empty and "load_demo" in get_commands() and not get_user_model().objects.exists():
            self.stdout.write("Loading the demonstration (once) ...")
            self.stdout.flush()
            call_command("load_demo", verbosity=verbosity)
