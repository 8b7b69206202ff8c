from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "applications"

    def ready(self):
        from accounts import rewording
        from applications import notices, regions

        notices.register()
        rewording.scopes.append(notices.competitions_for)
        regions.register()
