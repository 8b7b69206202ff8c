from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.hashers import make_password

from accounts import clock, outbox
from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Owes the account e-mails instead of sending them: no form waits for a mail server.

    The keys and tokens that allauth makes on the way here are dropped. Those that people get
    are made when the e-mail is sent (``accounts.notices``), so that none is ever stored.
    """

    def send_confirmation_mail(self, request, emailconfirmation, signup):
        at = clock.now()
        address = emailconfirmation.email_address
        outbox.post(
            "account_confirmation",
            to=address.user,
            subject_word="address",
            subject_id=address.pk,
            cause=f"confirm address {address.pk}: {at:%Y-%m-%d %H:%M} UTC",
            at=at,
        )

    def send_password_reset_mail(self, user, email, context):
        self._post_about(user, "password_reset")

    def send_account_already_exists_mail(self, email):
        # As slow as making an account, where a password is hashed: the time taken tells nobody
        # whether the address was known.
        make_password(email)
        user = User.objects.filter(email=email.strip().lower()).first()
        if user:
            self._post_about(user, "account_exists")

    def send_mail(self, template_prefix, email, context):
        raise NotImplementedError(f"{template_prefix} has no kind of notification")

    def _post_about(self, user, kind: str):
        """Owe one of these a minute at most, however often the button is pressed."""
        at = clock.now()
        outbox.post(
            kind,
            to=user,
            subject_word="person",
            subject_id=user.pk,
            cause=f"{kind} of person {user.pk}: {at:%Y-%m-%d %H:%M} UTC",
            at=at,
        )
