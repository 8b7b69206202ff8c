from django.db import models
from django.db.models import Q


class ClockSetting(models.Model):
    """How far the one clock runs ahead of the real one, while it is set; there is no row otherwise.

    For tests and demonstrations. A deployment refuses to set it and does not obey it.
    """

    THE_ONE = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE, editable=False)
    ahead = models.DurationField()
    set_at = models.DateTimeField("set at, by the real clock")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="there_is_one_clock")]

    def __str__(self):
        return f"clock ahead by {self.ahead}"
