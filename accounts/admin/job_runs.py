from django.contrib import admin

from accounts import timetable
from accounts.admin.records import Record
from accounts.models import JobRun
from accounts.views.arrival import arrived_at


@admin.register(JobRun)
class JobRunAdmin(Record):
    """The timetable with how each job stands, above the list of what was done."""

    list_display = ("job", "period", "state", "outcome", "tries", "finished_at", "last_error")
    list_filter = ("state", "job")
    ordering = ("-period", "job")
    date_hierarchy = "period"
    fields = (
        "job",
        "period",
        "state",
        "outcome",
        "taken_at",
        "due_at",
        "tries",
        "workers_lost",
        "finished_at",
        "last_error",
    )
    change_list_template = "admin/accounts/jobrun/list.html"

    def changelist_view(self, request, extra_context=None):
        context = {
            "title": "Timetable",
            "standings": timetable.standings(arrived_at(request)),
            "tries": timetable.TRIES,
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})
