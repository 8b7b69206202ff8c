import logging

from django.core.management.base import BaseCommand, CommandError

from accounts import clock
from launchpad.demo import people, programme


class Command(BaseCommand):
    help = (
        "Load the demonstration: invented people, firms, applications and decisions. "
        "Only where nobody has an account, and never in a deployment."
    )

    def handle(self, *args, verbosity: int, **options):
        if programme.is_loaded():
            self.stdout.write("The demonstration is loaded already. Nothing changed.")
            return
        if verbosity < 2:
            logging.disable(logging.INFO)  # a thousand lines about applications of last year
        try:
            programme.load(at=clock.now())
        except programme.Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        finally:
            logging.disable(logging.NOTSET)
        self.stdout.write(
            f"The demonstration is loaded. {len(people.EVERYBODY)} people can sign in, "
            f"all with the password {people.PASSWORD}"
        )
