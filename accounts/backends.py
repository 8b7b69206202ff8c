from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User


class EmailBackend(AuthenticationBackend):
    """Sign-in by e-mail address; a request's user comes with the groups that make the roles."""

    def get_user(self, user_id):
        return User.objects.prefetch_related("groups").filter(pk=user_id, is_active=True).first()
