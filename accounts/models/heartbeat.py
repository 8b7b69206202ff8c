from datetime import datetime

from django.db import models


class HeartbeatQuerySet(models.QuerySet):
    def beat(self, name: str, *, at: datetime) -> None:
        self.bulk_create(
            [self.model(name=name, first_at=at, last_at=at)],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["last_at"],
        )


class Heartbeat(models.Model):
    """When a program that runs without anybody asking was last heard of, and when first."""

    RELAY = "relay"
    TIMETABLE = "timetable"
    BEAT = "beat"

    name = models.CharField(max_length=30, primary_key=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    objects = HeartbeatQuerySet.as_manager()

    def __str__(self):
        return self.name
