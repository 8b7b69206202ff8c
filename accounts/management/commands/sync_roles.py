from django.core.management.base import BaseCommand, CommandError

from accounts import role_groups


class Command(BaseCommand):
    help = "Make the roles' groups hold exactly the permissions listed in accounts/permissions.py."

    def handle(self, *args, **options):
        try:
            changed = role_groups.sync()
        except role_groups.UnknownPermissions as refusal:
            raise CommandError(f"{refusal} Run migrate first, or mend accounts/permissions.py.") from refusal
        if changed:
            self.stdout.write(f"Roles set up: {', '.join(changed)}.")
        else:
            self.stdout.write("The roles are as they should be. Nothing changed.")
