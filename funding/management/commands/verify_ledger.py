from django.core.management.base import BaseCommand, CommandError

from accounts import clock
from funding import ledger_check


class Command(BaseCommand):
    help = (
        "Add up the ledger again; exit non-zero naming the first difference from the budgets' totals. "
        "A difference stops approvals until a further check finds none."
    )

    def handle(self, *args, **options):
        check = ledger_check.verify(at=clock.now())
        if not check.is_clean:
            first, *others = check.differences
            more = f" ({len(others)} more)" if others else ""
            raise CommandError(f"The ledger does not add up. {first}{more}. Approvals are stopped.")
        self.stdout.write("The ledger adds up: every total is what its transfers make it.")
