from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import reach
from accounts.models.holding import NO_ROW, regions_of
from accounts.models.organisation import Membership
from accounts.models.owed import Owed, OwedQuerySet, OwedState, ends_once
from accounts.roles import STAFF, Role, held_by

Found = TypeVar("Found")

#: What a carrier reports in the end. Until then ``receipt`` is empty.
DELIVERED = "delivered"
RETURNED = frozenset({"permanent-failure", "temporary-failure", "technical-failure"})
NEVER_KNOWN = "unknown"

ORGANISATION_INVITATION = "organisation_invitation"

#: Kinds that go to an address that their recipient named, and are nothing that they were told themselves.
#: The apps above add theirs when they start.
to_others = {ORGANISATION_INVITATION}

#: Refused when it was sent, or returned by the carrier afterwards.
NEVER_ARRIVED = Q(state=OwedState.FAILED) | Q(receipt__in=sorted(RETURNED))


class NotificationQuerySet(OwedQuerySet):
    def visible_to(self, user):
        """All for the programme's staff, those about a region's cases for that region's, those about no
        region's for administrators; one's own always."""
        regions = regions_of(user, STAFF)
        if None in regions:
            return self
        of_people = reach.of_no_region() if Role.ADMINISTRATOR in held_by(user) else NO_ROW
        return self.filter(Q(recipient=user) | of_people | (reach.about(regions) if regions else NO_ROW))

    def handled_by(self, user, roles):
        """Those that somebody in one of these roles answers for: all of them, or their regions'."""
        regions = regions_of(user, roles)
        if None in regions:
            return self
        return self.filter(reach.about(regions)) if regions else self.none()

    def of_no_region(self):
        """Those about no competition's cases."""
        return self.filter(reach.of_no_region())

    def unreached(self):
        """Those that never got to their person and were not sent again: the dead letters."""
        return self.filter(NEVER_ARRIVED, again__isnull=True)

    def in_pages_of(self, person):
        """What a person finds in their pages: all that they were told and was true when its turn came.

        An invitation that they had sent to somebody else stands with those who invite.
        """
        mine = self.filter(recipient=person).exclude(state=OwedState.VOID)
        return mine.exclude(kind__in=to_others)

    def unread(self):
        return self.filter(read_at__isnull=True)

    def to_people_like(self, person):
        """Those to people of this person's own organisations."""
        colleagues = Membership.objects.filter(organisation__memberships__person=person)
        return self.filter(recipient__in=colleagues.values("person"))

    def waiting_for_summary(self):
        return self.filter(waits=True, state=OwedState.WAITING)

    def without_receipt(self):
        """Sent by a carrier that reports back and has not yet."""
        return self.filter(state=OwedState.DONE, channel="notify", receipt="")


class Notification(Owed):
    """Something one person is to be told, by email and in their pages.

    ``subject_word`` and ``subject_id`` name the row it is about without pointing up the house
    ("application", 17). ``facts`` holds ids and references only: names, links and secrets are
    looked up when it is sent.

    One that failed stays as it ended. Sent again, it is followed by a new row whose ``again_of``
    names it; the database allows it one follower.
    """

    #: Each is a few milliseconds' work: alone in its message it would cost the broker as much again.
    AT_ONCE = 20

    #: As long as a mail server may put it off.
    PATIENCE = timedelta(hours=48)

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notifications")
    kind = models.CharField(max_length=60)
    subject_word = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    facts = models.JSONField(default=dict)
    cause = models.CharField(max_length=200, unique=True)
    message_id = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField()
    channel = models.CharField("sent by", max_length=10, blank=True, editable=False)
    channel_reference = models.CharField("carrier's reference", max_length=60, blank=True, editable=False)
    receipt = models.CharField("what the carrier reported", max_length=30, blank=True, editable=False)
    receipt_at = models.DateTimeField("when it did", null=True, blank=True, editable=False)
    waits = models.BooleanField("waits for the daily summary", default=False, editable=False)
    read_at = models.DateTimeField("opened in the pages", null=True, blank=True, editable=False)
    again_of = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="again", editable=False
    )
    again_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    again_reason = models.TextField(blank=True, editable=False)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                "due_at", "id", name="notification_due", condition=Q(state__in=["waiting", "leased"])
            ),
            models.Index(fields=["recipient", "-created_at"], name="notification_of_a_person"),
            models.Index(
                "recipient",
                name="notification_in_next_summary",
                condition=Q(waits=True, state=OwedState.WAITING),
            ),
            models.Index(
                "recipient", name="notification_unread", condition=Q(read_at__isnull=True) & ~Q(state="void")
            ),
            models.Index("subject_word", "subject_id", name="notification_by_subject"),
            models.Index(fields=["-created_at", "-id"], name="notification_by_time"),
            models.Index(
                "id",
                name="notification_without_receipt",
                condition=Q(state="done", channel="notify", receipt=""),
            ),
            models.Index("id", name="notification_never_arrived", condition=NEVER_ARRIVED),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(again_of__isnull=True, again_by__isnull=True, again_reason="")
                | (Q(again_of__isnull=False, again_by__isnull=False) & ~Q(again_reason="")),
                name="notification_is_sent_again_with_a_reason",
            ),
        ]
        triggers = [ends_once("notification_ends_once")]

    def __str__(self):
        return f"{self.kind} {self.pk}"

    def looked_up(self, look_up: Callable[["Notification"], Found]) -> Found:
        """What ``look_up`` finds for this notification, asked for once however often it is needed."""
        kept = self.__dict__.setdefault("_looked_up", {})
        if look_up not in kept:
            kept[look_up] = look_up(self)
        return kept[look_up]

    def keep(self, look_up: Callable[["Notification"], Found], found: Found) -> None:
        """Say beforehand what ``look_up`` finds, where that was asked for many at once."""
        self.__dict__.setdefault("_looked_up", {})[look_up] = found

    def keep_all_of(self, other: "Notification") -> None:
        """Take over what was looked up for the same row before."""
        self.__dict__["_looked_up"] = other.__dict__.get("_looked_up", {})

    @property
    def happened_at(self) -> datetime:
        """The moment of what it tells of, where its facts keep it: that of sending it again is another."""
        kept = self.facts.get("at")
        return datetime.fromisoformat(kept) if kept else self.created_at

    @property
    def answer(self) -> str:
        """What the mail server or the carrier last said."""
        return self.last_error or self.receipt

    @property
    def has_failed(self) -> bool:
        """Whether it never got there: refused when it was sent, or returned by the carrier afterwards."""
        return self.state == OwedState.FAILED or self.receipt in RETURNED
