from django.core.management.base import BaseCommand, CommandError

from accounts import clock, clock_setting, london
from accounts.templatetags.launchpad_format import local_time


class Command(BaseCommand):
    help = (
        "Set the one clock that every process obeys, for tests and demonstrations; refused in a deployment. "
        'For example: set_clock "2023-03-29 10:59"'
    )

    def add_arguments(self, parser):
        parser.add_argument("moment", nargs="?", help='UK local time, as "2023-03-29 10:59"')
        parser.add_argument("--real", action="store_true", help="return to the real clock")

    def handle(self, *, moment: str | None, real: bool, **options):
        if bool(moment) == real:
            raise CommandError('Give the time it shall be, as "2023-03-29 10:59", or --real.')
        if real:
            was_set = clock_setting.unset(at=clock.real())
            self.stdout.write("The clock is the real one again." if was_set else "The clock was not set.")
            return
        try:
            wanted = london.from_text(moment)
            clock_setting.set_to(wanted, at=clock.real())
        except (ValueError, clock_setting.Deployed) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"It is now {local_time(wanted)}, and goes on from there.")
        self.stdout.write("Return to the real clock with: manage.py set_clock --real")
