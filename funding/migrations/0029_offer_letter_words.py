"""The first version of the offer letter: the words that offers were made with before they could be set."""

from datetime import UTC, datetime

from django.db import migrations

OPENING = """((facts))

We offer ((to)) a grant of up to ((grant)) towards the project “((project))”. The offer is for the project as it was submitted, for the costs that were submitted with it.

## The grant of each organisation

((shares))

These sums are the most that each organisation can have. They are not raised later, and money that one does not use does not pass to another without our agreement.

((subsidy))"""

CONDITIONS = """## Conditions of this offer

((conditions))"""

CLOSING = """## Terms of the grant

* Do not start work before this offer is accepted. Costs from before then are not paid.
* Tell us the start date within one calendar month of this letter. Without it the award can lapse.
* Claims are made each quarter, after the quarter, for costs that were incurred and paid. A claim is made within 30 days of the end of its quarter.
* A tenth of the grant is kept back until the final claim, the final report and the accountant’s report are in.
* Claims end three months after the project ends. What is claimed later is not paid.
* Keep the records of the project for ten years, and show them within 20 days when asked.
* Start and end dates, partners and the division of costs change only with our agreement.

## How to answer

Somebody who may sign for ((lead)) accepts or declines this offer at ((address)) by ((last_day)). After that day the offer lapses and the money returns to the programme."""


def write(apps, schema_editor):
    apps.get_model("funding", "LetterTemplate").objects.create(
        number=1,
        name="2026-1",
        opening=OPENING,
        conditions=CONDITIONS,
        closing=CLOSING,
        reason="The words that came with Launchpad.",
        made_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


class Migration(migrations.Migration):

    dependencies = [
        ("funding", "0028_letter_templates"),
    ]

    # Backwards the table goes with all its rows, which nothing deletes before.
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
