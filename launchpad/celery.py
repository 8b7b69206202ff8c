"""The Celery application: workers find their tasks in each app's ``tasks`` module."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "launchpad.settings")

app = Celery("launchpad")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
