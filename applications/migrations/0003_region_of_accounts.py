"""Say where the regions are from now on: in ``accounts``. The foreign keys need no change."""

import django.db.models.deletion
from django.db import migrations, models


def region(related_name: str) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to="accounts.region"
    )


class Migration(migrations.Migration):

    dependencies = [("accounts", "0002_region"), ("applications", "0002_keep_history_of_moves")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("area", "region", region("areas")),
                migrations.AlterField("competition", "region", region("competitions")),
            ],
        ),
    ]
