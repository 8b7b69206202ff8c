"""Make of "belongs to a group" a row of our own, which also names the region that the role is held for.

Whoever held a role holds it for the whole programme, in the row where it always stood.
"""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

FORWARD = """
    ALTER TABLE accounts_user_groups RENAME TO accounts_holding;
    ALTER TABLE accounts_holding RENAME COLUMN user_id TO person_id;
    ALTER TABLE accounts_holding DROP CONSTRAINT accounts_user_groups_user_id_group_id_59c0b32f_uniq;
    ALTER SEQUENCE accounts_user_groups_id_seq RENAME TO accounts_holding_id_seq;
    ALTER INDEX accounts_user_groups_pkey RENAME TO accounts_holding_pkey;
"""
BACK = """
    ALTER INDEX accounts_holding_pkey RENAME TO accounts_user_groups_pkey;
    ALTER SEQUENCE accounts_holding_id_seq RENAME TO accounts_user_groups_id_seq;
    ALTER TABLE accounts_holding RENAME COLUMN person_id TO user_id;
    ALTER TABLE accounts_holding
        ADD CONSTRAINT accounts_user_groups_user_id_group_id_59c0b32f_uniq UNIQUE (user_id, group_id);
    ALTER TABLE accounts_holding RENAME TO accounts_user_groups;
"""
#: On the way back a role for one region goes: kept without it, it would be one for the programme.
NOTHING_WIDER = "DELETE FROM accounts_holding WHERE region_id IS NOT NULL"


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0008_keep_wordings"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(FORWARD, BACK)],
            state_operations=[
                migrations.CreateModel(
                    name="Holding",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("group", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="holdings", to="auth.group")),
                        ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="holdings", to=settings.AUTH_USER_MODEL)),
                    ],
                ),
                migrations.AlterField(
                    model_name="user",
                    name="groups",
                    field=models.ManyToManyField(blank=True, related_name="user_set", related_query_name="user", through="accounts.Holding", to="auth.group"),
                ),
            ],
        ),
        migrations.AddField(
            model_name="holding",
            name="region",
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="holdings", to="accounts.region"),
        ),
        migrations.AddField(
            model_name="holding",
            name="given_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, NOTHING_WIDER),
        migrations.AddConstraint(
            model_name="holding",
            constraint=models.UniqueConstraint(fields=("person", "group", "region"), name="role_is_held_once", nulls_distinct=False),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='holding',
            trigger=pgtrigger.compiler.Trigger(name='role_is_not_for_a_region', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NEW.region_id IS NOT NULL AND EXISTS (\n        SELECT FROM auth_group WHERE id = NEW.group_id AND name IN ('administrator', 'applicant')\n    ) THEN\n        RAISE EXCEPTION 'this role is held for the whole programme' USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NEW;\n", hash='c16028129c03853f6f586b23d6676e993afd6971', operation='INSERT OR UPDATE', pgid='pgtrigger_role_is_not_for_a_region_5199a', table='accounts_holding', when='BEFORE')),
        ),
    ]
