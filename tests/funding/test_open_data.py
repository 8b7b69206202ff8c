"""Open data: what may be known, what is held back, and that its files are right and stay as they were."""

import csv
import hashlib
import io
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from accounts.exports.columns import BEGINS_A_FORMULA
from accounts.london import day_of
from accounts.models import AuditEntry
from accounts.roles import Role
from applications.models import Answer, Application
from applications.workflow import Status
from funding import awards, duties
from funding.exports import open_data as files
from funding.models import Award, OpenDataPublication, PublishedGrant
from funding.offers import answering
from funding.open_data import embargo, publishing, standing, turns, written
from tests.databases import as_owner
from tests.make import applications, budgets, offers, open_data, people
from tests.make.open_data import ACCEPTED_AT, OVER, PUBLISHED_AT
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db

SCHEMA = Draft202012Validator(
    json.loads((Path(__file__).parent / "open_data_schema.json").read_text()),
    format_checker=Draft202012Validator.FORMAT_CHECKER,
)


def why_held(at=PUBLISHED_AT) -> list[str]:
    _known, held = standing.sorted_out(Award.objects.all(), of_demonstration=False, at=at)
    return [one.why for one in held]


def problems(publication: OpenDataPublication) -> list[str]:
    return [error.message for error in SCHEMA.iter_errors(json.loads(publication.contents))]


def grants_of(publication: OpenDataPublication) -> list[dict]:
    return files.data_of(publication)["grants"]


def table_of(publication: OpenDataPublication) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files.as_csv(publication).decode())))


def two_recipients() -> Award:
    within = budgets.funded_competition(subsidy_basis="subsidy_control")
    application = applications.application(Status.IN_ASSESSMENT, within)
    parts = [applications.lead(application), applications.partner(application)]
    shares = [
        awards.Share(part.pk, grant, Decimal(50), "subsidy_control")
        for part, grant in zip(parts, (Decimal("30000.00"), Decimal("20000.55")), strict=True)
    ]
    award = awards.make(
        application, shares, recommended_by=budgets.fund_manager(), by=budgets.approver(), at=NOON
    )
    Application.objects.filter(pk=application.pk).update(released_at=NOON)
    made = offers.offer(Award.objects.get(pk=award.pk))
    answering.accept(made, name="Ada", role="Director", by=offers.signer(made), at=ACCEPTED_AT)
    return open_data.lifted(Award.objects.get(pk=award.pk))


def end(award: Award) -> None:
    """What two people do in several steps, as its row says it in the end."""
    as_owner("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE funding_award DISABLE TRIGGER USER")
    as_owner("UPDATE funding_award SET status = 'ended' WHERE id = %s", award.pk)
    as_owner("ALTER TABLE funding_award ENABLE TRIGGER USER; SET CONSTRAINTS ALL DEFERRED")


def test_an_award_is_held_back_until_it_is_released_accepted_and_out_of_its_embargo():
    within = budgets.funded_competition()
    application = budgets.assessed(within, 9)
    budgets.approved(within)
    assert why_held() == [standing.NOT_RELEASED]

    Application.objects.filter(pk=application.pk).update(released_at=NOON + 2 * DAY)
    assert why_held() == [standing.NOT_ACCEPTED]
    made = offers.offer(Award.objects.get(application=application))
    assert why_held() == [standing.NOT_ACCEPTED]

    answering.accept(made, name="Ada", role="Director", by=offers.signer(made), at=ACCEPTED_AT)
    assert why_held() == [standing.NO_DAY]

    award = open_data.lifted(Award.objects.get(application=application), day_of(PUBLISHED_AT))
    assert why_held(PUBLISHED_AT - DAY) == [
        f"Under publicity embargo until {day_of(PUBLISHED_AT).day} {day_of(PUBLISHED_AT):%B %Y}."
    ]
    assert why_held() == []
    open_data.lifted(award, None)
    assert why_held() == [standing.NO_DAY]


def test_every_record_is_as_the_standard_has_it_and_tells_nothing_else():
    alone, both = open_data.ready(), two_recipients()
    made = open_data.published()

    assert problems(made) == []
    grants = grants_of(made)
    assert len(grants) == 3
    assert [one.identifier for one in made.grants.order_by("pk")] == [one["id"] for one in grants]
    by_award = {one["id"].rpartition("-")[0]: one for one in grants}
    first = by_award[f"360G-launchpad-{alone.application.reference}"]
    assert (first["amountAwarded"], first["awardDate"]) == (56000, day_of(alone.made_at).isoformat())
    assert "relatedActivity" not in first
    reference = f"360G-launchpad-{both.application.reference}"
    pair = [one for one in grants if one["id"].startswith(reference)]
    assert [one["relatedActivity"] for one in pair] == [[f"{reference}-2"], [f"{reference}-1"]]
    # To the penny, without a float on the way.
    assert [one["amountAwarded"] for one in pair] == [30000, Decimal("20000.55")]
    assert '"amountAwarded": 20000.55,' in made.contents


@pytest.mark.parametrize(
    "wrong",
    [
        {"amountAwarded": "56000.00"},
        {"awardDate": "30 November 2026"},
        {"recipientOrganization": []},
        {"score": 80},
        {"id": "LP-2026-0001"},
        {"withdrawnOn": "2026-12-01"},
    ],
)
def test_the_schema_refuses_a_record_that_is_wrong(wrong):
    open_data.ready()
    package = json.loads(open_data.published().contents)

    package["grants"][0] |= wrong

    assert list(SCHEMA.iter_errors(package))


def test_without_a_prefix_nothing_is_published_and_the_preview_says_so(settings):
    open_data.ready()
    settings.GRANT_ID_PREFIX = ""

    found = publishing.preview(budgets.fund_manager(), of_demonstration=False, at=PUBLISHED_AT)
    assert "GRANT_ID_PREFIX is empty" in found.refused
    with pytest.raises(publishing.PublicationRefused, match="GRANT_ID_PREFIX"):
        open_data.published()


def test_the_same_awards_at_the_same_moment_are_the_same_bytes_and_the_database_holds_them():
    open_data.ready()
    first, second = open_data.published(), open_data.published()
    read_again = OpenDataPublication.objects.get(pk=first.pk)

    assert first.contents == second.contents == read_again.contents
    assert files.as_csv(first) == files.as_csv(second)
    assert first.fingerprint == hashlib.sha256(files.as_json(read_again)).hexdigest()
    with pytest.raises(InternalError, match="append-only"), transaction.atomic():
        as_owner("UPDATE funding_opendatapublication SET reason = 'Another.' WHERE id = %s", first.pk)
    with pytest.raises(IntegrityError, match="fingerprint"), transaction.atomic():
        OpenDataPublication.objects.create(
            as_of=NOON, published_by=first.published_by, reason="x", contents="{}", fingerprint="0" * 64
        )


def test_the_description_names_both_files_with_their_sizes_and_fingerprints():
    open_data.ready()
    made = open_data.published()

    package = json.loads(files.as_description(made))

    for resource, data in zip(package["resources"], (files.as_json(made), files.as_csv(made)), strict=True):
        assert resource["bytes"] == len(data)
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
    [row] = table_of(made)
    assert [field["name"] for field in package["resources"][1]["schema"]["fields"]] == list(row)
    assert row["Amount Awarded"] == "56000"


def test_a_change_of_the_embargo_takes_its_turn_with_publications():
    """Else one could read the embargo, wait, and write what came under it meanwhile."""
    award = open_data.accepted()
    with connection.cursor() as cursor:
        held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s"
        cursor.execute(held, [turns.PUBLISHING_LOCK])
        before = cursor.fetchone()

        open_data.lifted(award)

        cursor.execute(held, [turns.PUBLISHING_LOCK])
        assert (before, cursor.fetchone()) == ((0,), (1,))


def test_an_embargo_that_is_set_later_takes_the_award_out_of_the_next_publication_alone():
    award, _other = open_data.ready(), open_data.ready()
    first = open_data.published()
    open_data.lifted(award, None, at=PUBLISHED_AT)

    found = publishing.preview(budgets.fund_manager(), of_demonstration=False, at=PUBLISHED_AT + DAY)
    assert [(one.identifier, one.why) for one in found.gone] == [
        (f"360G-launchpad-{award.application.reference}-1", standing.NO_DAY)
    ]
    second = open_data.published(at=PUBLISHED_AT + DAY)

    assert (len(grants_of(first)), len(grants_of(second))) == (2, 1)
    assert award.application.reference not in second.contents
    assert [one.difference for one in found.shown] == [""]


def test_what_ended_after_it_was_public_stays_with_its_end_noted_and_counts_for_nothing():
    award, _other = open_data.ready(), open_data.ready()
    open_data.published()
    end(award)

    second = open_data.published(at=PUBLISHED_AT + DAY)

    assert problems(second) == []
    [gone] = [one for one in grants_of(second) if "withdrawnOn" in one]
    assert (gone["amountAwarded"], gone["withdrawnOn"]) == (0, day_of(ACCEPTED_AT).isoformat())
    assert "the grant of £56,000 is not given" in gone["description"]
    assert sum(one["amountAwarded"] for one in grants_of(second)) == 56000
    # Under embargo it is not noted either.
    open_data_pks = Award.objects.filter(pk=award.pk)
    as_owner("UPDATE funding_award SET embargo_until = NULL WHERE id = %s", award.pk)
    assert open_data_pks.get().embargo_until is None
    assert award.application.reference not in open_data.published(at=PUBLISHED_AT + 2 * DAY).contents


def test_what_ended_before_it_was_public_is_never_told_of():
    end(open_data.ready())
    open_data.ready()

    assert len(grants_of(open_data.published())) == 1


def test_the_database_refuses_a_record_of_what_may_not_be_known():
    """Whatever the code forgets; and with the trigger put aside it would take it."""
    award, shown = open_data.accepted(), open_data.ready()
    made = open_data.published()
    share = award.shares.get()
    wrong = {"publication": made, "share": share, "identifier": "x"}

    for until in (None, day_of(PUBLISHED_AT) + DAY):
        Award.objects.filter(pk=award.pk).update(embargo_until=until)
        with pytest.raises(IntegrityError, match="may not be published"), transaction.atomic():
            PublishedGrant.objects.create(**wrong)
    Award.objects.filter(pk=award.pk).update(embargo_until=OVER)
    with pytest.raises(IntegrityError, match="may not be published"), transaction.atomic():
        PublishedGrant.objects.create(**{**wrong, "is_withdrawn": True})
    reserved = open_data.lifted(offers.award())
    with pytest.raises(IntegrityError, match="may not be published"), transaction.atomic():
        PublishedGrant.objects.create(**{**wrong, "share": reserved.shares.get()})
    competition = shown.application.competition
    competition.is_demonstration = True
    competition.save(update_fields=["is_demonstration"])
    with pytest.raises(IntegrityError, match="may not be published"), transaction.atomic():
        PublishedGrant.objects.create(**{**wrong, "share": shown.shares.get(), "identifier": "y"})

    as_owner("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE funding_publishedgrant DISABLE TRIGGER USER")
    PublishedGrant.objects.create(**{**wrong, "share": reserved.shares.get()})
    as_owner("ALTER TABLE funding_publishedgrant ENABLE TRIGGER USER; SET CONSTRAINTS ALL DEFERRED")


def test_invented_grants_are_apart_and_name_no_real_funder_or_company():
    real, invented = open_data.ready(), open_data.ready()
    competition = invented.application.competition
    competition.is_demonstration = True
    competition.save(update_fields=["is_demonstration"])

    first, second = open_data.published(), open_data.published(of_demonstration=True)

    assert real.application.reference in first.contents
    assert invented.application.reference not in first.contents
    assert problems(second) == []
    [grant] = grants_of(second)
    assert grant["id"].startswith("360G-demonstration-")
    assert "NOT REAL" in second.contents
    for real_name in ("Innovate UK", "GB-COH", "companyNumber", real.application.reference):
        assert real_name not in second.contents


def test_it_is_published_by_a_fund_manager_of_the_whole_programme_with_a_reason_and_as_it_was_seen():
    award, manager = open_data.ready(), budgets.fund_manager()
    seen = publishing.preview(manager, of_demonstration=False, at=PUBLISHED_AT).fingerprint
    of_region = people.user(Role.FUNDS, region=award.application.competition.region)

    for person in (of_region, people.manager(), budgets.approver()):
        with pytest.raises(duties.RoleMissing):
            publishing.publish("The round.", seen, sizes=files.sizes, by=person, at=PUBLISHED_AT)
    with pytest.raises(publishing.PublicationRefused, match="reason"):
        publishing.publish(" ", seen, sizes=files.sizes, by=manager, at=PUBLISHED_AT)
    open_data.ready()
    with pytest.raises(publishing.PublicationRefused, match="has changed"):
        publishing.publish("The round.", seen, sizes=files.sizes, by=manager, at=PUBLISHED_AT)
    assert not OpenDataPublication.objects.exists()

    made = open_data.published(by=manager)
    entry = AuditEntry.objects.get(action="publish open data", is_refusal=False)
    assert (entry.subject_id, entry.reason, entry.after["grants"]) == (made.pk, "The round.", 2)


def test_an_embargo_is_set_for_a_reason_by_fund_managers_of_the_region_on_its_own_awards():
    award, other = open_data.accepted(), open_data.accepted()
    competition, manager = award.application.competition, budgets.fund_manager()
    known = {"by": manager, "at": NOON}

    with pytest.raises(duties.RoleMissing):
        embargo.set_until(competition, [award], OVER, "Why.", by=people.manager(), at=NOON)
    with pytest.raises(embargo.EmbargoRefused, match="reason"):
        embargo.set_until(competition, [award], OVER, " ", **known)
    with pytest.raises(embargo.EmbargoRefused, match="at least one"):
        embargo.set_until(competition, [other], OVER, "Why.", **known)
    embargo.set_until(competition, [award, other], OVER, "It is announced.", **known)

    days = dict(Award.objects.values_list("pk", "embargo_until"))
    assert days == {award.pk: OVER, other.pk: None}
    entry = AuditEntry.objects.get(action="set publicity embargo", is_refusal=False)
    assert (entry.before, entry.after) == ({str(award.pk): None}, {str(award.pk): OVER.isoformat()})


def test_a_withdrawal_takes_a_manager_and_a_reason_and_is_made_once():
    open_data.ready()
    made, known = open_data.published(), {"by": people.manager(), "at": PUBLISHED_AT + DAY}

    with pytest.raises(duties.RoleMissing):
        publishing.withdraw(made, "Why.", by=budgets.approver(), at=PUBLISHED_AT)
    with pytest.raises(publishing.PublicationRefused, match="reason"):
        publishing.withdraw(made, "", **known)
    publishing.withdraw(made, "A name was in it.", **known)
    with pytest.raises(publishing.PublicationRefused, match="before"):
        publishing.withdraw(made, "Again.", **known)


def test_what_looks_personal_is_taken_out_of_titles_and_descriptions():
    award = open_data.ready()
    Application.objects.filter(pk=award.application_id).update(title="Tides, ask jo@mersey.example")
    Answer.objects.filter(
        application=award.application_id, question__key=standing.PUBLIC_DESCRIPTION
    ).delete()

    found = publishing.preview(budgets.fund_manager(), of_demonstration=False, at=PUBLISHED_AT)

    [one] = found.with_removals
    assert one.removed == ("jo@mersey.example", "jo@mersey.example")
    assert one.grant["title"] == "Tides, ask [email address removed]"
    assert "jo@" not in open_data.published().contents


@given(st.lists(st.text(max_size=60), min_size=1, max_size=6))
def test_no_text_whatever_is_a_formula_in_the_table_and_the_json_has_it_as_it_is(texts):
    grant = {
        "id": "360G-x-1", "title": texts[0], "description": texts[-1], "amountAwarded": Decimal("12.50"),
        "recipientOrganization": [{"id": "x", "name": texts[len(texts) // 2]}], "relatedActivity": texts,
    }  # fmt: skip
    made = OpenDataPublication(contents=written.as_json({"grants": [grant]}))

    assert written.read(made.contents)["grants"] == [grant]
    if any("\0" in text for text in texts):
        return
    [row] = table_of(made)
    assert row["Amount Awarded"] == "12.50"
    for heading, text in (("Title", texts[0]), ("Description", texts[-1])):
        assert not re.match(BEGINS_A_FORMULA, row[heading])
        assert row[heading].removeprefix("'") == text.removeprefix("'")


def test_the_preview_asks_as_many_queries_for_three_awards_as_for_one():
    manager = budgets.fund_manager()

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            publishing.preview(manager, of_demonstration=False, at=PUBLISHED_AT)
        return len(captured)

    open_data.ready()
    one = asked()
    for _ in range(2):
        two_recipients()
    assert asked() == one
