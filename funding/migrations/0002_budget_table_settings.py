"""Leave room in the budgets' table for what every award does to it.

Each award updates the same few rows. With the usual settings their dead versions slow later
awards down to a fifth until a vacuum comes by; with room on the page and a vacuum after every
few hundred updates they do not.
"""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("funding", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE funding_budget SET (fillfactor = 20, autovacuum_vacuum_scale_factor = 0,"
            " autovacuum_vacuum_threshold = 200, autovacuum_vacuum_cost_delay = 0)",
            "ALTER TABLE funding_budget RESET (fillfactor, autovacuum_vacuum_scale_factor,"
            " autovacuum_vacuum_threshold, autovacuum_vacuum_cost_delay)",
        ),
    ]
