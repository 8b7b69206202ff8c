from collections.abc import Iterable, Set
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Group, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models.holding import Holding, regions_of
from accounts.roles import OFFICE, Role


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, *, name: str = "", at: datetime) -> "User":
        user = self.model(email=email.strip().lower(), name=name, joined_at=at)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email=email.strip().lower())


class UserQuerySet(models.QuerySet):
    def holding(
        self,
        role: Role,
        regions: Set[int | None] = frozenset({None}),
        *,
        since: datetime | None = None,
    ):
        """Those who hold the role and may sign in, each once.

        regions  ids: who holds it for one of them or for the programme; with None among them, anywhere
        since    leaves out whoever was given it after that moment: what was then is old to them
        """
        held = Holding.objects.filter(group__name=role)
        if since is not None:
            held = held.filter(Q(given_at__isnull=True) | Q(given_at__lte=since))
        if None not in regions:
            held = held.filter(Q(region__isnull=True) | Q(region__in=regions))
        return self.filter(is_active=True, pk__in=held.values("person"))

    def visible_to(self, user):
        """The people an administrator or auditor may list; everybody sees themself.

        A region's auditor sees those who hold a role for that region.
        """
        regions = regions_of(user, {Role.ADMINISTRATOR, Role.AUDITOR})
        if None in regions:
            return self
        there = Holding.objects.filter(region__in=regions)
        return self.filter(Q(pk=user.pk) | Q(pk__in=there.values("person")))


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in with an email address. Nobody is a superuser."""

    email = models.EmailField("email address", unique=True)
    name = models.CharField("full name", max_length=150, blank=True)
    is_active = models.BooleanField("may sign in", default=True)
    joined_at = models.DateTimeField(editable=False)
    roles_changed_at = models.DateTimeField(null=True, editable=False)
    wants_summary = models.BooleanField("has what may wait in one email a day", default=False)
    # The mixin's own field, through the row that also names the region: Django's permissions follow it.
    groups = models.ManyToManyField(  # type: ignore[assignment]
        Group, through=Holding, related_name="user_set", related_query_name="user", blank=True
    )

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = EMAIL_FIELD = "email"

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_is_unique_in_any_case"),
            models.CheckConstraint(condition=Q(is_superuser=False), name="nobody_is_a_superuser"),
        ]

    def __str__(self):
        return self.name or self.email

    def _get_session_auth_hash(self, secret=None):
        """What a session is held to, beside the password: a change of roles ends those from before it."""
        changed = self.roles_changed_at.isoformat() if self.roles_changed_at else ""
        return super()._get_session_auth_hash(secret=secret) + changed

    @property
    def held(self) -> list[Holding]:
        """What is held and where, by name. ``accounts.backends`` loads it with the user, once a request."""
        return sorted((held for held in self.holdings.all() if held.role), key=lambda held: held.in_words)

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held anywhere: they open pages. What may be done to a row is asked of ``roles_in``."""
        return frozenset(held.role for held in self.held)

    def roles_in(self, region_id: int | None) -> frozenset[Role]:
        """The roles held for the whole programme or for this region; for None, the programme's alone."""
        return frozenset(held.role for held in self.held if held.region_id in (None, region_id))

    def roles_in_all(self, region_ids: Iterable[int]) -> frozenset[Role]:
        """The roles held in every one of these regions; in none of them, those held for the programme."""
        held = self.held
        regions = set(region_ids)
        everywhere = frozenset(one.role for one in held if one.region_id is None)
        in_each = [frozenset(one.role for one in held if one.region_id == region) for region in regions]
        return everywhere | (frozenset.intersection(*in_each) if in_each else frozenset())

    @property
    def is_staff(self) -> bool:
        """Whether the admin lets this person in; Django asks by this name."""
        return self.is_active and bool(self.roles & OFFICE)
