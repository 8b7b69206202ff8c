from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from launchpad.loading import programme
from launchpad.loading.problems import BadFiles


class Command(BaseCommand):
    help = (
        "Load regions, budgets, questions, percentages and competitions from their files. "
        "All or nothing; a second run changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "folder", nargs="?", type=Path, default=programme.FOLDER, help="default: launchpad/data"
        )

    def handle(self, *args, folder, **options):
        try:
            kept = programme.load(folder)
        except BadFiles as refusal:
            lines = "\n".join(f"  {problem}" for problem in refusal.problems)
            raise CommandError(
                f"Nothing was loaded. Mend the following and run it again:\n{lines}"
            ) from refusal
        for remark in kept.remarks:
            self.stdout.write(remark)
        if kept.is_unchanged:
            self.stdout.write("The competitions are as in their files. Nothing changed.")
        else:
            self.stdout.write(f"Competitions loaded: {kept.made} rows made, {kept.changed} changed.")
