from django.core.management.base import BaseCommand, CommandError

from funding import ledger


class Command(BaseCommand):
    help = "Add up the ledger again; exit non-zero naming the first difference from the budgets' totals."

    def handle(self, *args, **options):
        differences = ledger.recount()
        if differences:
            first, *others = differences
            more = f" ({len(others)} more)" if others else ""
            raise CommandError(f"The ledger does not add up. {first}{more}.")
        self.stdout.write("The ledger adds up: every total is what its transfers make it.")
