"""The product's settings, with the yardstick's page beside the product's own."""

from launchpad.settings import *  # noqa: F403
from launchpad.settings import BASE_DIR, INSTALLED_APPS, TEMPLATES

# For its task, which the worker finds as it does those of any app.
INSTALLED_APPS = [*INSTALLED_APPS, "bench"]
ROOT_URLCONF = "bench.urls"
TEMPLATES[0]["DIRS"] = [*TEMPLATES[0]["DIRS"], BASE_DIR / "bench" / "templates"]
