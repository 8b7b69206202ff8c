"""Say that regions belong here, since roles are held for them. Their table comes with the last step,
``applications.0004``, when nothing points to the old place any more."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("accounts", "0001_initial"), ("applications", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Region",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.CharField(max_length=10, unique=True)),
                        ("name", models.CharField(max_length=100)),
                        ("ons_code", models.CharField(max_length=9, verbose_name="ONS code")),
                        ("theme", models.CharField(max_length=100)),
                    ],
                ),
            ],
        ),
    ]
