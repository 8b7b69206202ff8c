import unicodedata

from allauth.account.adapter import DefaultAccountAdapter

from accounts import notices, outbox
from accounts.models import User
from accounts.views import known_browsers
from accounts.views.arrival import arrived_at


class AccountAdapter(DefaultAccountAdapter):
    """How allauth tells people things: through our outbox, never from inside a request.

    What it would print (a confirmation key, a reset token) is left behind here and made anew when
    the email is written, so that no secret is ever stored.
    """

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The email address or the password is not right",
        "too_many_login_attempts": "There were too many tries. Wait 5 minutes, then try again",
        "incorrect_password": "The password is not right",
        "enter_current_password": "The current password is not right",
        "rate_limited": "There were too many tries. Wait a few minutes, then try again",
    }

    def new_user(self, request) -> User:
        return User(joined_at=arrived_at(request))

    def clean_email(self, email: str) -> str:
        # Two spellings that look alike are one address: "ﬁ" is "fi", and capitals do not count.
        return unicodedata.normalize("NFKC", email).lower()

    def send_confirmation_mail(self, request, emailconfirmation, signup: bool) -> None:
        address = emailconfirmation.email_address
        self._post("account_confirmation", address.user, "email address", address.pk)

    def send_password_reset_mail(self, user, email: str, context: dict) -> None:
        self._post("password_reset", user, "person", user.pk, {"password": notices.fingerprint(user)})

    def send_account_already_exists_mail(self, email: str) -> None:
        if person := User.objects.filter(email=email).first():
            self._post("account_exists", person, "person", person.pk)

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        raise LookupError(f"{template_prefix} has no notification of ours")

    def post_login(self, request, user, **options):
        """Tell assessors and staff of a sign-in with a browser that is new to their account."""
        response = super().post_login(request, user, **options)
        if user.is_staff and not known_browsers.knows(request, user):
            self._post("new_sign_in", user, "person", user.pk)
        known_browsers.remember(request, response, user)
        return response

    def _post(
        self, kind: str, person: User, subject_word: str, subject_id: int, facts: dict | None = None
    ) -> None:
        """Owe one of these a minute at most, however often a button is pressed."""
        at = arrived_at(self.request)
        outbox.post(
            kind,
            to=person,
            subject_word=subject_word,
            subject_id=subject_id,
            cause=f"{kind}: {subject_word} {subject_id} at {at:%Y-%m-%d %H:%M} UTC",
            facts={"at": at.isoformat(), **(facts or {})},
            at=at,
        )
