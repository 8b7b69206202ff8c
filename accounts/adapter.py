from allauth.account.adapter import DefaultAccountAdapter

from accounts import addresses, inbox, notices, outbox
from accounts.models import User
from accounts.views import known_browsers, returning
from accounts.views.arrival import arrived_at

CONFIRMATION = "account_confirmation"
#: Longer addresses of ours are not carried through an email.
LONGEST_WAY = 200


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
        return addresses.normal(email)

    def confirm_email(self, request, email_address) -> bool:
        """What asked for the confirmation is settled by it."""
        is_confirmed = super().confirm_email(request, email_address)
        if is_confirmed:
            inbox.settle(CONFIRMATION, email_address.pk, at=arrived_at(request))
        return is_confirmed

    def send_confirmation_mail(self, request, emailconfirmation, signup: bool) -> None:
        address = emailconfirmation.email_address
        # The link may be opened in another browser, which has not kept where its person was going.
        way = returning.address(request)
        self._post(
            CONFIRMATION,
            address.user,
            "email address",
            address.pk,
            {"next": way} if 0 < len(way) <= LONGEST_WAY else None,
        )

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
