from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User


class EmailBackend(AuthenticationBackend):
    """Sign-in by email address; a request's user comes with the roles they hold."""

    def get_user(self, user_id):
        return User.objects.prefetch_related("holdings").filter(pk=user_id, is_active=True).first()
