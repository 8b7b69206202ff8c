from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "funding"

    def ready(self):
        from accounts import relay
        from applications import withdrawal
        from funding import awards, notices, regions, tasks
        from funding.models import ProgrammeReport

        relay.owed.append((ProgrammeReport, tasks.compile_report))
        withdrawal.undoing.append(awards.reverse_of_withdrawn)
        notices.register()
        regions.register()
