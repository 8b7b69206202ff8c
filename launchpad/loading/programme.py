"""Loading the programme from its files: all of it or nothing, and the same again when run again."""

import logging
from pathlib import Path

from django.db import connection, transaction

from applications.models import Competition
from funding.models import BudgetKind
from launchpad.loading import budgets, competitions, entries, rules
from launchpad.loading.keeping import Kept
from launchpad.loading.problems import BadFiles, Problem

logger = logging.getLogger(__name__)

FOLDER = Path(__file__).resolve().parent.parent / "data"


def load(folder: Path = FOLDER) -> Kept:
    """Load ``folder`` in one transaction and return what was made, changed and left alone.

    Every file is read to its end first. Raises BadFiles with every problem found, in the files or
    against what stands in the database, and writes nothing.
    """
    problems: list[Problem] = []
    regions = [rules.region(entry) for entry in entries.of_file(folder, "regions.json", "regions", problems)]
    tables = [
        rules.intensity_table(entry)
        for entry in entries.of_file(folder, "intensity_tables.json", "intensity_tables", problems, "key")
    ]
    sets = [
        rules.question_set(entry) for entry in entries.of_folder(folder, "question_sets", problems, "key")
    ]
    region_codes = {whole.row.code: whole.entry for whole in regions}
    sums = [
        budgets.budget(entry, region_codes)
        for entry in entries.of_file(folder, "budgets.json", "budgets", problems)
    ]
    budgets.refuse_gaps(sums, region_codes)
    known = competitions.Known(
        regions=region_codes,
        pots={budget.code for budget in sums if budget.kind == BudgetKind.POT},
        question_sets={whole.row.key for whole in sets},
        intensity_tables={whole.row.key for whole in tables},
    )
    calls = [
        competitions.competition(entry, known)
        for entry in entries.of_folder(folder, "competitions", problems)
    ]
    if problems:
        raise BadFiles(problems)
    kept = _keep(regions, tables, sets, sums, calls, problems)
    logger.info("competitions loaded", extra={"made": kept.made, "changed": kept.changed})
    return kept


@transaction.atomic
def _keep(regions, tables, sets, sums, calls, problems: list[Problem]) -> Kept:
    _one_at_a_time()
    kept = Kept()
    for region in regions:
        rules.keep_region(kept, region)
    for table in tables:
        rules.keep_intensity_table(kept, table)
    for question_set in sets:
        rules.keep_question_set(kept, question_set)
    for budget in sums:
        budgets.keep(kept, budget)
    if not problems:
        for planned in calls:
            competition = competitions.keep(kept, planned)
            budgets.keep_drawn(kept, competition, planned.entry, sums)
    if problems:
        raise BadFiles(problems)
    return kept


def _one_at_a_time() -> None:
    """Two servers may start at once; the second waits and finds everything in place."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [Competition._meta.db_table])
