from django.core.management.base import BaseCommand, CommandError

from accounts import clock, first_administrators


class Command(BaseCommand):
    help = (
        "Make the person with this email address the first administrator, or with --second the second. "
        "Refuses once there are two: from then on one asks in the office and another confirms."
    )

    def add_arguments(self, parser):
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--second", action="store_true", help="while there is exactly one administrator")

    def handle(self, *args, email, second, **options):
        at = clock.now()
        try:
            change = first_administrators.appoint(email, is_second=second, at=at)
        except first_administrators.NotAppointed as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"{change.person.email} is now an administrator and signs in to the office at /admin/."
        )
        if not second:
            self.stdout.write(
                "A change of roles takes two. Appoint another administrator: manage.py appoint EMAIL --second"
            )
