"""Hand the regions' table over to ``accounts``, rows and all. The foreign keys follow it."""

from django.db import migrations

RENAMED = """
    ALTER TABLE {0}_region RENAME TO {1}_region;
    ALTER SEQUENCE {0}_region_id_seq RENAME TO {1}_region_id_seq;
    ALTER INDEX {0}_region_pkey RENAME TO {1}_region_pkey;
    ALTER INDEX {0}_region_code_key RENAME TO {1}_region_code_key;
"""


class Migration(migrations.Migration):

    dependencies = [("applications", "0003_region_of_accounts")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    RENAMED.format("applications", "accounts"), RENAMED.format("accounts", "applications")
                )
            ],
            state_operations=[migrations.DeleteModel("Region")],
        ),
    ]
