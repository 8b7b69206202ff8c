import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import AppendOnly
from applications.models.application import Application
from applications.models.competition import Competition


class ClosingList(AppendOnly):
    """What a competition had received when it closed, written down once.

    From then on nothing is submitted to the competition and its dates stand. The database holds
    ``received`` to the number of entries.
    """

    competition = models.OneToOneField(Competition, models.PROTECT, related_name="closing_list")
    closes_at = models.DateTimeField("closed at")
    drawn_at = models.DateTimeField()
    received = models.PositiveIntegerField("applications received")

    class Meta(AppendOnly.Meta):
        triggers = [
            *AppendOnly.Meta.triggers,
            pgtrigger.Trigger(
                name="closing_list_is_whole",
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.received <> (
                        SELECT count(*) FROM applications_closinglistentry WHERE closing_list_id = NEW.id
                    ) THEN
                        RAISE EXCEPTION 'closing list % does not have the entries it counts', NEW.id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self):
        return f"closing list {self.pk}"


class ClosingListEntryQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(application__in=Application.objects.visible_to(user))


class ClosingListEntry(AppendOnly):
    """One application that had been received at the close; ``position`` by the moment of submission."""

    closing_list = models.ForeignKey(ClosingList, models.PROTECT, related_name="entries")
    application = models.OneToOneField(Application, models.PROTECT, related_name="closing_entry")
    position = models.PositiveIntegerField("no.")
    submitted_at = models.DateTimeField("received at")

    objects = ClosingListEntryQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = "application on a closing list"
        verbose_name_plural = "closing lists"
        constraints = [
            models.UniqueConstraint(fields=["closing_list", "position"], name="closing_list_counts_once"),
        ]
        triggers = [
            *AppendOnly.Meta.triggers,
            pgtrigger.Trigger(
                # With the uniqueness of a position, nothing can be added to a list that is whole.
                name="entry_belongs_on_its_list",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM applications_closinglist AS list
                        JOIN applications_application AS entered USING (competition_id)
                        WHERE list.id = NEW.closing_list_id AND entered.id = NEW.application_id
                        AND NEW.position BETWEEN 1 AND list.received AND NEW.submitted_at < list.closes_at
                    ) THEN
                        RAISE EXCEPTION 'application % does not belong on this closing list',
                            NEW.application_id USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self):
        return f"no. {self.position}"


class DeadlineChange(AppendOnly):
    """A close that was moved while the competition was open: from when to when, by whom and why."""

    competition = models.ForeignKey(Competition, models.PROTECT, related_name="deadline_changes")
    before = models.DateTimeField()
    after = models.DateTimeField()
    reason = models.TextField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(after__gt=F("before")), name="deadline_only_moves_later"),
            models.CheckConstraint(
                condition=Q(made_at__lt=F("before")), name="deadline_moves_before_the_close"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="deadline_change_has_a_reason"),
        ]

    def __str__(self):
        return f"deadline change {self.pk}"
