from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "funding"

    def ready(self):
        from accounts import relay
        from funding import notices, regions, tasks
        from funding.models import ProgrammeReport

        relay.owed.append((ProgrammeReport, tasks.compile_report))
        notices.register()
        regions.register()
