"""Let the permissions and the history of regions follow them from ``applications``."""

from django.db import migrations


def take_over(apps, schema_editor):
    _move(apps, "applications", "accounts")


def hand_back(apps, schema_editor):
    _move(apps, "accounts", "applications")


def _move(apps, source: str, target: str) -> None:
    regions = apps.get_model("contenttypes", "ContentType").objects.filter(model="region")
    # Where both are there (migrated back and forth), nothing has to move.
    if not regions.filter(app_label=target).exists():
        regions.filter(app_label=source).update(app_label=target)


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0002_region"),
        # From here on the table is there.
        ("applications", "0004_hand_over_region"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(take_over, hand_back)]
