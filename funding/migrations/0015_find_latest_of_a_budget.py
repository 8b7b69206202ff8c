import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('funding', '0014_let_no_report_end_twice'),
    ]

    operations = [
        migrations.AlterField(
            model_name='transfer',
            name='budget',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='funding.budget'),
        ),
        migrations.AddIndex(
            model_name='transfer',
            index=models.Index(fields=['budget', '-id'], name='transfer_latest_of_a_budget'),
        ),
    ]
