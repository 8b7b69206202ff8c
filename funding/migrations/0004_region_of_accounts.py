"""Say where the regions are from now on: in ``accounts``. The foreign keys need no change."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0002_region"),
        ("applications", "0003_region_of_accounts"),
        ("funding", "0003_ledger_as_append_only"),
    ]
    run_before = [("applications", "0004_hand_over_region")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    "budget",
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="budgets",
                        to="accounts.region",
                    ),
                ),
            ],
        ),
    ]
