from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from accounts.roles import OFFICE, Role


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, *, name: str = "") -> "User":
        user = self.model(email=email.strip().lower(), name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email=email.strip().lower())


class UserQuerySet(models.QuerySet):
    def holding(self, role: Role):
        return self.filter(is_active=True, groups__name=role)

    def visible_to(self, user):
        """The people an administrator or auditor may list; everybody sees themself."""
        if user.roles & {Role.ADMINISTRATOR, Role.AUDITOR}:
            return self
        return self.filter(pk=user.pk)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in with an e-mail address. Nobody is a superuser."""

    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField("full name", max_length=150, blank=True)
    is_active = models.BooleanField("may sign in", default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_is_unique_in_any_case"),
            models.CheckConstraint(condition=models.Q(is_superuser=False), name="nobody_is_a_superuser"),
        ]

    def __str__(self):
        return self.name or self.email

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held. ``accounts.backends`` loads the groups with the user, once a request."""
        return frozenset(Role(group.name) for group in self.groups.all() if group.name in set(Role))

    @property
    def is_staff(self) -> bool:
        """Whether the admin lets this person in; Django asks by this name."""
        return self.is_active and bool(self.roles & OFFICE)
