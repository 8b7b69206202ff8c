from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "applications"

    def ready(self):
        from accounts import rewording, waiting
        from applications import notices, regions
        from applications.to_do import assessing, assigning, deciding_waivers

        notices.register()
        rewording.scopes.append(notices.competitions_for)
        regions.register()
        waiting.asked += [assessing, assigning, deciding_waivers]
