"""The chain over the audit trail: every kind of tampering is found, and what they are tried against."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from accounts import audit, audit_check, audit_heads, overdue, sealing
from accounts.models import AuditEntry, AuditSeal, AuditWaiting
from launchpad.operations import checks
from tests.databases import as_owner
from tests.make import organisations, people
from tests.make.times import NOON

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(minutes=5)


@audit.action("note")
def note(thing, *, by, at, number):
    audit.note(after={"number": number})


@pytest.fixture
def trail() -> list[AuditEntry]:
    """Ten entries, all sealed."""
    thing, person = organisations.organisation(), people.user()
    for number in range(10):
        note(thing, by=person, at=NOON, number=number)
    assert sealing.seal(at=NOON) == 10
    return list(AuditEntry.objects.order_by("pk"))


def tamper(*statements: str) -> None:
    """Change rows as somebody could who owns the database: the triggers are put out of the way."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    tables = ("accounts_auditentry", "accounts_auditseal")
    for statement in (
        *(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables),
        *statements,
        *(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables),
    ):
        as_owner(statement)


def found(heads=()) -> str:
    outcome = audit_check.check(at=LATER, heads=heads)
    return str(outcome.fault)


def test_a_trail_that_nobody_touched_is_whole(trail):
    outcome = audit_check.check(at=LATER)

    assert (outcome.checked, outcome.fault) == (10, None)


def test_a_changed_entry_is_found(trail):
    tamper(f"UPDATE accounts_auditentry SET after = '{{\"number\": 99}}' WHERE id = {trail[3].pk}")

    assert found() == f"entry {trail[3].pk}: is not as it was written"


def test_a_deleted_entry_is_found(trail):
    tamper(f"DELETE FROM accounts_auditentry WHERE id = {trail[4].pk}")

    assert found() == f"entry {trail[4].pk}: is in the chain and was deleted"


def test_an_entry_deleted_with_its_seal_is_found(trail):
    tamper(
        f"DELETE FROM accounts_auditseal WHERE entry_id = {trail[4].pk}",
        f"DELETE FROM accounts_auditentry WHERE id = {trail[4].pk}",
    )

    assert found() == "seal 5: is missing from the chain"


def test_an_inserted_entry_is_found(trail):
    tamper(
        f"""INSERT INTO accounts_auditentry (serial, at, by_id, roles, action, is_refusal, subject_word,
            subject_id, before, after, reason, request_id, mac)
            SELECT gen_random_uuid(), at, by_id, roles, action, is_refusal, subject_word, subject_id, before,
            after, reason, request_id, mac FROM accounts_auditentry WHERE id = {trail[0].pk}"""
    )
    inserted = AuditEntry.objects.order_by("pk").last()

    assert found() == f"entry {inserted.pk}: has no seal, a minute after it was written"
    # Nor does it help to let the sealer seal it: the copy's HMAC is that of another serial.
    AuditWaiting.objects.create(entry_id=inserted.pk)
    sealing.seal(at=LATER)
    assert found() == f"entry {inserted.pk}: is not as it was written"


FORGED = """
    INSERT INTO accounts_auditentry (serial, at, by_id, roles, action, is_refusal, subject_word, subject_id,
        before, after, reason, request_id, mac)
    SELECT gen_random_uuid(), '{at}', by_id, roles, action, is_refusal, subject_word, subject_id, before,
        after, reason, request_id, mac FROM accounts_auditentry WHERE id = {pk}
"""


@pytest.mark.parametrize("at", [LATER, LATER + timedelta(days=4000)], ids=["now", "in the future"])
def test_a_forged_entry_is_found_whatever_moment_it_bears(trail, at):
    tamper(FORGED.format(at=at.isoformat(), pk=trail[0].pk))
    forged = AuditEntry.objects.order_by("pk").last()

    assert found() == f"entry {forged.pk}: has no seal and does not wait for one"
    # Nor does it help to let it wait: its HMAC is not that of what it says.
    AuditWaiting.objects.create(entry_id=forged.pk)
    assert found() == f"entry {forged.pk}: is not as it was written"
    sealing.seal(at=LATER)
    assert found() == f"entry {forged.pk}: is not as it was written"


def test_an_entry_written_with_a_clock_set_ahead_is_no_fault(trail):
    note(organisations.organisation(), by=people.user(), at=LATER + timedelta(days=4000), number=11)

    assert audit_check.check(at=LATER).fault is None


def test_entries_that_changed_places_are_found(trail):
    first, second = trail[2].pk, trail[3].pk
    tamper(
        f"UPDATE accounts_auditseal SET entry_id = -1 WHERE entry_id = {first}",
        f"UPDATE accounts_auditseal SET entry_id = {first} WHERE entry_id = {second}",
        f"UPDATE accounts_auditseal SET entry_id = {second} WHERE entry_id = -1",
    )

    assert found() == f"seal 3: does not belong to entry {second} as it stands"


def test_a_tail_that_was_cut_off_is_found_by_the_head_kept_outside(trail, settings, tmp_path):
    settings.AUDIT_HEAD_URL = (tmp_path / "heads.jsonl").as_uri()
    audit_heads.copy_head(at=NOON)
    tamper(
        "DELETE FROM accounts_auditseal WHERE position > 7",
        f"DELETE FROM accounts_auditentry WHERE id >= {trail[7].pk}",
    )

    assert found() == "None"
    kept = audit_heads.kept(tmp_path / "heads.jsonl")
    assert found(kept) == f"seal 10: was the head on {kept[0]['at']} and is gone"


def test_a_chain_made_anew_without_the_key_is_found(trail, settings):
    tamper("DELETE FROM accounts_auditseal")
    AuditWaiting.objects.bulk_create(AuditWaiting(entry_id=entry.pk) for entry in trail)
    key, settings.AUDIT_KEY = settings.AUDIT_KEY, b"guessed"
    sealing.seal(at=NOON)
    settings.AUDIT_KEY = key

    assert found() == f"seal 1: does not belong to entry {trail[0].pk} as it stands"


def test_an_entry_that_is_not_sealed_yet_is_no_fault_for_a_minute(trail):
    note(organisations.organisation(), by=people.user(), at=LATER, number=11)

    assert audit_check.check(at=LATER + timedelta(seconds=59)).fault is None
    assert audit_check.check(at=LATER + timedelta(seconds=61)).fault is not None


def test_an_entry_that_commits_late_is_chained_after_those_before_it():
    thing, person = organisations.organisation(), people.user()
    for number in range(2):
        note(thing, by=person, at=NOON, number=number)
    late, early = AuditEntry.objects.order_by("pk").values_list("pk", flat=True)
    AuditWaiting.objects.filter(pk=late).delete()
    sealing.seal(at=NOON)
    AuditWaiting.objects.create(entry_id=late)
    sealing.seal(at=NOON)

    assert list(AuditSeal.objects.order_by("position").values_list("entry_id", flat=True)) == [early, late]
    assert audit_check.check(at=LATER).fault is None


def test_the_command_says_what_it_read_and_fails_naming_the_first_bad_row(trail, capsys, settings, tmp_path):
    settings.AUDIT_HEAD_URL = (tmp_path / "heads.jsonl").as_uri()
    audit_heads.copy_head(at=NOON)
    call_command("verify_audit")
    assert capsys.readouterr().out == "The audit trail is whole: 10 entries, 1 kept heads.\n"

    tamper(f"UPDATE accounts_auditentry SET reason = 'better' WHERE id = {trail[0].pk}")
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit")
    assert ended.value.code == 1
    assert f"entry {trail[0].pk}: is not as it was written" in capsys.readouterr().err


MONTHS_LATER = NOON + timedelta(days=100)
HEADLESS = {
    "no file": (None, "there is no file"),
    "an empty file": ("", "no head stands in"),
    "a file of something else": ('{"position": 1}\n', "line 1 of"),
    "a torn line": ('{"position": 1, "hash": "x", "at": "y"}\n{"posi', "line 2 of"),
}


@pytest.mark.parametrize("kind", HEADLESS)
def test_without_a_head_to_compare_neither_command_nor_job_nor_health_calls_it_whole(
    trail, kind, capsys, settings, tmp_path
):
    text, why = HEADLESS[kind]
    place = tmp_path / "heads.jsonl"
    settings.AUDIT_HEAD_URL = place.as_uri()
    if text is not None:
        place.write_text(text)

    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit")
    with pytest.raises(audit_check.NothingToCompare, match=why):
        audit_check.run(at=MONTHS_LATER)
    told = capsys.readouterr()
    [shown] = checks.audit(MONTHS_LATER)

    assert ended.value.code == 2
    assert "is whole" not in told.out
    assert f"10 entries are as they were written. No outside head was compared: {why}" in told.err
    assert shown.level == checks.Level.ALARM
    assert shown.says.startswith(f"No outside head was compared: {why}")


def test_a_tail_cut_off_the_heads_is_told_by_the_seals_that_came_after(trail, settings, tmp_path):
    settings.AUDIT_HEAD_URL = (tmp_path / "heads.jsonl").as_uri()
    audit_heads.copy_head(at=NOON)
    later = NOON + timedelta(hours=2, minutes=1)
    note(organisations.organisation(), by=people.user(), at=later, number=11)
    sealing.seal(at=later)

    with pytest.raises(audit_check.NothingToCompare, match="older than the last seals"):
        audit_check.run(at=later)
    [shown] = checks.audit(later)
    assert shown.level == checks.Level.ALARM

    audit_heads.copy_head(at=later)
    assert audit_check.run(at=later) == "11 entries are as they were written"


def test_heads_that_are_only_sent_away_are_asked_for_by_hand(trail, capsys, settings, tmp_path):
    place = tmp_path / "heads.jsonl"
    settings.AUDIT_HEAD_URL = place.as_uri()
    audit_heads.copy_head(at=NOON)
    settings.AUDIT_HEAD_URL = "https://elsewhere.example/heads"

    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit")
    [shown] = checks.audit(MONTHS_LATER)
    done = audit_check.run(at=MONTHS_LATER)
    capsys.readouterr()
    call_command("verify_audit", heads=place)

    assert ended.value.code == 2
    assert (shown.level, shown.says) == (
        checks.Level.WARNING,
        "No outside head was compared: AUDIT_HEAD_URL is an address that heads are only sent to; "
        "name a file of them.",
    )
    assert done == f"10 entries are as they were written. {shown.says}"
    assert capsys.readouterr().out == "The audit trail is whole: 10 entries, 1 kept heads.\n"


def test_a_file_named_by_hand_that_is_missing_is_told_at_once(trail, tmp_path):
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit", heads=tmp_path / "none")

    assert ended.value.code == 2


def test_a_trail_of_an_hour_needs_no_head_yet(trail, settings, tmp_path):
    settings.AUDIT_HEAD_URL = (tmp_path / "heads.jsonl").as_uri()

    assert audit_check.run(at=NOON + timedelta(hours=1, minutes=59)) == "10 entries are as they were written"
    [shown] = checks.audit(NOON + timedelta(hours=1, minutes=59))
    assert shown.level == checks.Level.OK


def test_a_head_is_one_line_of_json(trail, settings, tmp_path):
    settings.AUDIT_HEAD_URL = (tmp_path / "deep" / "heads.jsonl").as_uri()

    head = audit_heads.copy_head(at=NOON)

    assert json.loads((tmp_path / "deep" / "heads.jsonl").read_text()) == head
    assert head["position"] == 10


def test_an_entry_that_nobody_seals_for_a_minute_raises_an_alarm(caplog):
    note(organisations.organisation(), by=people.user(), at=NOON, number=1)

    overdue.report(at=NOON + timedelta(seconds=59))
    assert "audit entries are not sealed" not in caplog.text

    overdue.report(at=NOON + timedelta(seconds=61))
    assert "audit entries are not sealed" in caplog.text
