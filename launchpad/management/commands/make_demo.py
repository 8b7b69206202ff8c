import logging
import os

from django.core.management.base import BaseCommand, CommandError

from accounts import clock
from launchpad.demo.grown import programme
from launchpad.demo.programme import Refused


class Command(BaseCommand):
    help = (
        "Fill the database with an invented programme of any size, the same for the same seed. "
        "Only where all people are invented, and never in a deployment."
    )

    def add_arguments(self, parser):
        parser.add_argument("--size", type=int, default=1_000, help="applications, 100 to 100,000")
        parser.add_argument("--seed", type=int, default=programme.SEED)
        parser.add_argument(
            "--processes", type=int, default=(os.cpu_count() or 1) + 1, help="how many write at once"
        )

    def handle(self, *args, size: int, seed: int, processes: int, **options):
        self.stdout.write(f"Making {size:,} applications from seed {seed} ...")
        if options["verbosity"] < 2:
            logging.disable(logging.INFO)
        try:
            programme.make(size, seed=seed, at=clock.now(), processes=processes, say=self._say)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        finally:
            logging.disable(logging.NOTSET)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
