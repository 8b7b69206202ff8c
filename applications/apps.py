from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "applications"

    def ready(self):
        from accounts import rewording
        from applications import notices

        notices.register()
        rewording.scopes.append(notices.competitions_for)
