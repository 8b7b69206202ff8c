"""The audit trail when it is long: a million rows are read again in well under a minute (`make prove`)."""

import time
import uuid

import pytest
from django.conf import settings

from accounts import audit_check, sealing, seals
from accounts.models import AuditEntry
from tests import proving
from tests.make import people
from tests.make.times import DAY, NOON

ROWS = proving.size(5_000, 1_000_000)
BATCH = 5_000


@pytest.mark.slow
@pytest.mark.proves
def test_a_long_trail_is_read_again_from_its_beginning(committed_database):
    person = people.manager()
    for start in range(0, ROWS, BATCH):
        AuditEntry.objects.bulk_create(entry(person, number) for number in range(start, start + BATCH))
        while sealing.seal(at=NOON):
            pass

    began = time.monotonic()
    outcome = audit_check.check(at=NOON + DAY)
    took = time.monotonic() - began

    print(f"\n{ROWS:,} audit rows verified in {took:.1f} s")
    assert (outcome.checked, outcome.fault) == (ROWS, None)
    if ROWS >= 1_000_000:
        assert took < 60


def entry(person, number: int) -> AuditEntry:
    made = AuditEntry(
        serial=uuid.uuid4(),
        at=NOON,
        by=person,
        roles=["competition manager"],
        action="save answer",
        subject_word="application",
        subject_id=number,
        after={"question": "need-or-challenge", "version": number % 40},
        request_id=str(uuid.uuid4()),
    )
    made.mac = seals.mac_of(settings.AUDIT_KEY, tuple(getattr(made, name) for name in seals.COVERED))
    return made
