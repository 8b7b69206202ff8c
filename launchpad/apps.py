from django.apps import AppConfig


class LaunchpadConfig(AppConfig):
    name = "launchpad"

    def ready(self):
        from accounts import timetable
        from launchpad import deployment  # noqa: F401  (its checks register themselves)
        from launchpad.timetable import TIMETABLE

        timetable.set_up(TIMETABLE)
