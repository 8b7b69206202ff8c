"""Give the role that serves its rights, and say where the database would not hold it back."""

from contextlib import closing

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from launchpad import grants


class Command(BaseCommand):
    help = "Give the role of DATABASE_URL its rights and its time limits. Part of prepare and migrate."

    def handle(self, *args, **options):
        role, owner = settings.SERVING_DATABASE["USER"], connection.settings_dict["USER"]
        try:
            if role and role != owner:
                grants.make_role(role, settings.SERVING_DATABASE["PASSWORD"])
                grants.give(role)
            with closing(grants.serving()) as serving:
                self._limit(serving)
                weaknesses = grants.weaknesses(serving)
        except (grants.NoSuchRole, DatabaseError) as problem:
            raise CommandError(f"The role that serves could not be given its rights. {problem}") from problem
        if weaknesses:
            self.stdout.write(
                "The second protection of the ledger and the audit is off, the triggers alone hold them: "
                f"{'; '.join(weaknesses)}. Name another role in DATABASE_OWNER_URL (docs/operations.md)."
            )

    def _limit(self, serving) -> None:
        with serving.cursor() as cursor:
            cursor.execute("SELECT CURRENT_USER")
            [role] = cursor.fetchone()
            for statement in grants.limit(role, serving.settings_dict["NAME"]):
                cursor.execute(statement)
