"""A profile for everybody who was an assessor before there were any: empty, so that it is asked for."""

from django.db import migrations


def make(apps, schema_editor):
    AssessorProfile = apps.get_model("applications", "AssessorProfile")
    Holding = apps.get_model("accounts", "Holding")
    people = set(Holding.objects.filter(group__name="assessor").values_list("person", flat=True))
    AssessorProfile.objects.bulk_create(
        [AssessorProfile(person_id=pk) for pk in sorted(people)], ignore_conflicts=True
    )


class Migration(migrations.Migration):

    dependencies = [
        ("applications", "0023_assessments_due"),
        ("accounts", "0025_email_changes"),
    ]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
