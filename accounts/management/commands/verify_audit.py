import sys
from pathlib import Path

from django.core.management.base import BaseCommand

from accounts import audit_check, clock


class Command(BaseCommand):
    help = (
        "Read the audit trail again from its beginning; names the first bad row and ends with 1. "
        "Ends with 2 where no head from outside could be compared."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--heads",
            type=Path,
            help="a file of heads kept outside; by default the one that AUDIT_HEAD_URL names",
        )

    def handle(self, *, heads: Path | None, **options):
        outcome = audit_check.examine(at=clock.now(), file=heads)
        if outcome.fault:
            self.stderr.write(f"The audit trail is damaged. {outcome.fault}.")
            sys.exit(1)
        if outcome.headless:
            self.stderr.write(
                f"{outcome.checked:,} entries are as they were written. {outcome.headless} "
                "Whether the end of the trail was cut off cannot be said."
            )
            sys.exit(2)
        self.stdout.write(
            f"The audit trail is whole: {outcome.checked:,} entries, {outcome.heads} kept heads."
        )
