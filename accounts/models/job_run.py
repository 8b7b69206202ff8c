from django.db import models

from accounts.models.owed import Owed, OwedQuerySet, OwedState, ends_once
from accounts.roles import OPERATORS, held_by


class JobRunQuerySet(OwedQuerySet):
    def visible_to(self, user):
        return self if held_by(user) & OPERATORS else self.none()

    def latest_of_each_job(self):
        return self.order_by("job", "-period").distinct("job")

    def ended(self):
        """Carried through, well or not; what gave way to another period says nothing."""
        return self.filter(state__in=[OwedState.DONE, OwedState.FAILED])

    def done(self):
        return self.filter(state=OwedState.DONE)


class JobRun(Owed):
    """One period of one job of the timetable. The row is taken before the work and there is one at most.

    ``period`` is the moment at which it fell due by the timetable. ``outcome`` says in a sentence
    what was done, ``last_error`` why it was not.
    """

    job = models.CharField(max_length=60)
    period = models.DateTimeField("due by the timetable")
    taken_at = models.DateTimeField()
    outcome = models.CharField(max_length=300, blank=True)

    objects = JobRunQuerySet.as_manager()

    class Meta:
        verbose_name = "run of a job"
        verbose_name_plural = "runs of the timetable"
        constraints = [models.UniqueConstraint(fields=["job", "period"], name="job_runs_once_a_period")]
        indexes = [
            models.Index(
                "due_at", "id", name="job_run_due", condition=models.Q(state__in=["waiting", "leased"])
            ),
        ]
        triggers = [ends_once("job_run_ends_once")]

    def __str__(self):
        return f"{self.job} {self.pk}"

    @property
    def what(self) -> str:
        """The job, whichever of its periods."""
        return f"job “{self.job}”"

    @property
    def work(self) -> str:
        return self.what
