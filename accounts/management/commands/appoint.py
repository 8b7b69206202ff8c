from django.core.management.base import BaseCommand, CommandError

from accounts import role_groups


class Command(BaseCommand):
    help = "Make the person with this e-mail address the first administrator. Refuses once there is one."

    def add_arguments(self, parser):
        parser.add_argument("email", metavar="EMAIL")

    def handle(self, *args, email, **options):
        try:
            person = role_groups.appoint_first_administrator(email)
        except role_groups.AppointmentRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{person.email} is now an administrator and signs in to the office at /admin/.")
