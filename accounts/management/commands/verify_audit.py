import sys
from pathlib import Path

from django.core.management.base import BaseCommand

from accounts import audit_check, audit_heads, clock


class Command(BaseCommand):
    help = "Read the audit trail again from its beginning; names the first bad row and ends with 1."

    def add_arguments(self, parser):
        parser.add_argument(
            "--heads",
            type=Path,
            help="a file of heads kept outside; by default the one that AUDIT_HEAD_URL names",
        )

    def handle(self, *, heads: Path | None, **options):
        kept = list(audit_heads.kept_in(heads or audit_heads.path()))
        outcome = audit_check.check(at=clock.now(), heads=kept)
        if outcome.fault:
            self.stderr.write(f"The audit trail is damaged. {outcome.fault}.")
            sys.exit(1)
        self.stdout.write(f"The audit trail is whole: {outcome.checked:,} entries, {len(kept)} kept heads.")
