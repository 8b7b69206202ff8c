from django.core.management.base import BaseCommand, CommandError

from accounts import clock, tokens
from accounts.models import ApiToken, User


class Command(BaseCommand):
    help = "Make an API token for a person and print it once, or revoke it."

    def add_arguments(self, parser):
        parser.add_argument("email", help="whom the token acts as")
        parser.add_argument("name", help="which system will use it, for example 'finance dashboard'")
        parser.add_argument("--revoke", action="store_true", help="stop the token of this name")

    def handle(self, *, email, name, revoke, **options):
        at = clock.now()
        name = self._name(name)
        try:
            person = User.objects.get_by_natural_key(email)
        except User.DoesNotExist:
            raise CommandError(f"Nobody here has the email address {email}.") from None

        if revoke:
            if not tokens.revoke(person, name, at=at):
                raise CommandError(f"{email} has no token in use named {name}.")
            self.stdout.write(f"The token {name} of {email} is revoked.")
            return

        if not person.is_active:
            raise CommandError(f"{email} may not sign in, so a token would not work.")
        try:
            secret = tokens.issue(person, name, at=at)
        except tokens.NameTaken:
            raise CommandError(f"{email} has a token named {name} already. Revoke it first.") from None
        self.stdout.write(secret)
        self.stderr.write("Keep it safe: it cannot be shown again.")

    def _name(self, name: str) -> str:
        longest = ApiToken._meta.get_field("name").max_length
        name = name.strip()
        if not name or len(name) > longest or not name.isprintable():
            raise CommandError(f"Give the token a name of 1 to {longest} printable characters.")
        return name
