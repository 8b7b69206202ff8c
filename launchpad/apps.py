from django.apps import AppConfig


class LaunchpadConfig(AppConfig):
    name = "launchpad"
