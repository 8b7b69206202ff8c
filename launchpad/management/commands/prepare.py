"""Make the database ready to serve: tables, roles, competitions, and on request the demonstration."""

from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import connection


class Command(BaseCommand):
    help = (
        "Apply migrations, make the cache table and the roles, load the competitions. May run at every start."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--demo-when-empty",
            action="store_true",
            help="load the demonstration where there are no people yet",
        )
        parser.add_argument(
            "--time-limits",
            action="store_true",
            help="set the connecting role's time limits: statement 10 s, lock 3 s",
        )

    def handle(self, *, demo_when_empty: bool, time_limits: bool, verbosity: int, **options):
        if time_limits:
            limit_own_role()
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        for command in ("sync_roles", "load_competitions"):
            if command in get_commands():
                call_command(command, verbosity=verbosity)
        if demo_when_empty and "load_demo" in get_commands() and not get_user_model().objects.exists():
            self.stdout.write("Loading the demonstration (once) ...")
            self.stdout.flush()
            call_command("load_demo", verbosity=verbosity)


def limit_own_role() -> None:
    """Set on the role, not in the connection: a transaction pooler would lose it there."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER ROLE CURRENT_USER SET statement_timeout = '10s'")
        cursor.execute("ALTER ROLE CURRENT_USER SET lock_timeout = '3s'")
        # This session migrates, which may take longer.
        cursor.execute("SET statement_timeout = 0")
