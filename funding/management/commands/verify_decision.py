"""verify_decision FILE: work a decision out again from its pack, without a database."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from funding.scenarios import later_pack, later_verifying, pack, verifying

#: What works a pack out again, by its form.
FORMS = {pack.FORM: verifying, later_pack.FORM: later_verifying}


class Command(BaseCommand):
    help = "Works a decision out again from its pack, and says whether it is the same or what differs."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="the decision pack, as it was downloaded")

    def handle(self, *arguments, file: Path, **options):
        try:
            read = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as problem:
            raise CommandError(f"{file} cannot be read as a decision pack: {problem}") from problem
        form = read.get("form") if isinstance(read, dict) else None
        if not isinstance(form, int | str) or form not in FORMS:
            raise CommandError(f"{file} is no decision pack of a form that this release knows.")
        working_out = FORMS[form]
        try:
            found = working_out.differences(read)
        except (KeyError, TypeError, AttributeError, ValueError) as problem:
            raise CommandError(f"{file} is not whole: {problem}") from problem
        if found:
            raise CommandError("\n".join(["The decision is not what its inputs come to:", *found]))
        self.stdout.write("\n".join(working_out.in_words(read)))
