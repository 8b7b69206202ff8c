"""The programme's files: loaded whole or not at all, repeatable, and unknown where nothing is known."""

import json
import shutil
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts import london
from accounts.models import Region
from accounts.roles import Role
from applications import publication, readiness
from applications.models import Competition, MaximumPercentage, Question, QuestionSet, Stage
from funding import ledger
from funding.models import Budget, BudgetKind, CompetitionBudgets, Transfer
from launchpad.loading import programme
from launchpad.loading.problems import BadFiles
from tests.make import budgets, people
from tests.make.office import sign_in
from tests.make.times import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the files, to be spoilt."""
    return Path(shutil.copytree(programme.FOLDER, tmp_path / "data"))


def rewrite(file: Path, change) -> None:
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))


def refused(folder: Path) -> list[str]:
    with pytest.raises(BadFiles) as refusal:
        programme.load(folder)
    return [str(problem) for problem in refusal.value.problems]


def test_the_files_load_as_they_stand():
    kept = programme.load()

    assert not kept.is_unchanged
    assert set(Competition.objects.values_list("code", flat=True)) == {
        "LCR-CLUSTER",
        "LCR-R1-CRD",
        "LCR-R1-MFA",
        "TV-R1-CRD",
        "TV-R2-CRD",
        "TV-R2-MFA",
    }
    assert Region.objects.get(code="LCR").areas.filter(is_core=True).count() == 6
    assert Question.objects.exclude(number=None).count() == 10
    assert MaximumPercentage.objects.count() == 12


def test_a_second_load_changes_nothing():
    programme.load()
    before = list(Competition.objects.order_by("code").values())
    transfers = list(Transfer.objects.order_by("pk").values())

    kept = programme.load()

    assert (kept.made, kept.changed, kept.remarks) == (0, 0, [])
    assert list(Competition.objects.order_by("code").values()) == before
    assert list(Transfer.objects.order_by("pk").values()) == transfers


def test_the_budgets_of_another_programme_are_left_alone():
    programme.load()
    region = Region.objects.get(code="LCR")
    budgets.budget(BudgetKind.PROGRAMME)
    budgets.budget(BudgetKind.REGION, region=region)
    drawn = list(CompetitionBudgets.objects.order_by("competition").values())

    kept = programme.load()

    assert kept.is_unchanged
    assert list(CompetitionBudgets.objects.order_by("competition").values()) == drawn


def test_a_changed_file_changes_the_competition_in_set_up(folder):
    programme.load()
    rewrite(folder / "competitions/LCR-R1-MFA.json", lambda entry: entry.update(limit_max=90000))

    kept = programme.load(folder)

    assert (kept.made, kept.changed) == (0, 1)
    assert Competition.objects.get(code="LCR-R1-MFA").limit_max == Decimal("90000")


def test_every_bad_entry_is_named_and_nothing_is_loaded(folder):
    def spoil_competition(entry):
        entry["limit_min"] = 25000.505
        entry["closes_at"] = "2023-03-26 01:30"
        entry["durationmax"] = 12

    rewrite(folder / "competitions/LCR-R1-MFA.json", spoil_competition)
    rewrite(folder / "budgets.json", lambda content: content["budgets"][0].update(ceiling="15 million"))
    rewrite(folder / "question_sets/standard-ten.json", lambda entry: entry["questions"][4].pop("word_limit"))

    problems = refused(folder)

    assert problems == [
        "question_sets/standard-ten.json, standard-ten, question approach-and-innovation, word_limit: "
        "is missing",
        "budgets.json, LAUNCHPAD, ceiling: must be a number",
        "competitions/LCR-R1-MFA.json, LCR-R1-MFA, closes_at: "
        "1:30am on 26 March 2023 does not exist: the clocks go forward over that hour",
        "competitions/LCR-R1-MFA.json, LCR-R1-MFA, limit_min: "
        "Ensure that there are no more than 2 decimal places.",
        "competitions/LCR-R1-MFA.json, LCR-R1-MFA, durationmax: is not a field of such an entry",
    ]
    assert not Region.objects.exists()
    assert not Competition.objects.exists()
    assert not Budget.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("region", "NE", '"NE" is not one of: LCR, TV'),
        ("pot", "LCR-R9", '"LCR-R9" is not one of: LCR-CLUSTER, LCR-R1, R2, TV-R1'),
        ("strand", None, "is missing"),
        ("title", "", "is empty"),
        ("title", "x" * 201, "Ensure this value has at most 200 characters (it has 201)."),
        ("number", "1204", "must be a whole number"),
        ("number", True, "must be a whole number"),
        ("latest_start_on", "2023-02-30", 'must be a day that exists, written as "2023-03-29"'),
        ("opens_at", "13 February 2023", 'write it as "2023-03-29 11:00", in UK local time'),
        (
            "closes_at",
            "2023-10-29 01:30",
            "1:30am on 29 October 2023 comes twice: the clocks go back over that hour",
        ),
        ("limit_min", 100001, "does not come before limit_max"),
        (
            "lead_types",
            ["anybody"],
            '"anybody" is not one of: uk_registered_business, uk_registered_organisation',
        ),
        ("question_set", "unheard-of", '"unheard-of" is not one of: standard-ten'),
        ("sources", ["a friend"], "a friend is not a web address"),
        ("pot_part", 5, 'a part is stated where pot_sharing is "parts", and nowhere else'),
        ("standings", {"limit_max": "guessed"}, "limit_max must be one of: assumed, reported, demonstration"),
    ],
)
def test_a_bad_field_is_named_with_its_reason(folder, field, value, reason):
    rewrite(folder / "competitions/LCR-R1-MFA.json", lambda entry: entry.update({field: value}))

    assert refused(folder) == [f"competitions/LCR-R1-MFA.json, LCR-R1-MFA, {field}: {reason}"]


def test_a_file_that_is_no_json_is_named_with_its_line(folder):
    (folder / "regions.json").write_text('{"regions":\n oops}')

    assert "regions.json: is not JSON, see line 2: Expecting value" in refused(folder)


def test_an_entry_given_twice_is_refused(folder):
    shutil.copy(folder / "competitions/LCR-R1-MFA.json", folder / "competitions/copy.json")

    assert refused(folder) == [
        "competitions/copy.json, LCR-R1-MFA, code: is there twice, also in competitions/LCR-R1-MFA.json"
    ]


def test_the_command_says_what_to_mend(folder):
    rewrite(folder / "competitions/TV-R1-CRD.json", lambda entry: entry.update(limit_max="a million"))
    rewrite(folder / "competitions/TV-R2-CRD.json", lambda entry: entry.update(strand="CRD"))

    with pytest.raises(CommandError) as refusal:
        call_command("load_competitions", str(folder))

    assert str(refusal.value) == (
        "Nothing was loaded. Mend the following and run it again:\n"
        "  competitions/TV-R1-CRD.json, TV-R1-CRD, limit_max: must be a number\n"
        '  competitions/TV-R2-CRD.json, TV-R2-CRD, strand: "CRD" is not one of: CR&D, MFA, cluster management'
    )


def test_what_is_unknown_stays_unknown():
    programme.load()

    competition = Competition.objects.get(code="LCR-R1-MFA")
    assert (competition.opens_at, competition.closes_at, competition.intensity_table) == (None, None, None)
    assert competition.pot_sharing == ""
    assert competition.standings["question_set"] == "assumed"
    unknown = Competition.objects.get(code="LCR-R1-CRD")
    assert {unknown.number, unknown.limit_min, unknown.limit_max, unknown.duration_max} == {None}


def test_the_close_is_11_o_clock_in_london_also_in_summer_time():
    programme.load()

    competition = Competition.objects.get(code="TV-R2-MFA")

    assert competition.closes_at == datetime(2023, 3, 29, 10, 0, tzinfo=UTC)
    assert competition.opens_at == datetime(2023, 2, 13, 0, 0, tzinfo=UTC)
    assert london.from_text("2022-11-30 11:00") == datetime(2022, 11, 30, 11, 0, tzinfo=UTC)


def test_no_real_competition_can_be_published_and_each_says_what_is_missing():
    programme.load()
    manager = people.user(Role.MANAGER)

    for competition in Competition.objects.all():
        with pytest.raises(publication.NotReady) as refusal:
            publication.publish(competition, by=manager, at=NOON)

        assert refusal.value.missing == readiness.missing(competition) != []
        competition.refresh_from_db()
        assert (competition.stage, competition.is_listed) == (Stage.SET_UP, True)


def test_1204_lacks_its_dates_its_percentages_and_the_sharing_of_its_pot():
    programme.load()

    assert readiness.missing(Competition.objects.get(number=1204)) == [
        "The opening date and time are not known.",
        "The closing date and time are not known.",
        "How the money of the pot is shared is not set.",
        "The maximum percentages of costs that a grant covers are not known.",
    ]


def test_a_published_competition_and_its_questions_are_left_alone(folder):
    programme.load()
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    Competition.objects.filter(code="LCR-R1-MFA").update(
        stage=Stage.PUBLISHED, opens_at=moment, closes_at=NOON
    )
    rewrite(folder / "competitions/LCR-R1-MFA.json", lambda entry: entry.update(limit_max=1))
    rewrite(folder / "competitions/LCR-R1-MFA.json", lambda entry: entry.update(limit_min=None))
    rewrite(folder / "question_sets/standard-ten.json", lambda entry: entry.update(title="Other"))

    kept = programme.load(folder)

    assert Competition.objects.get(code="LCR-R1-MFA").limit_max == 100000
    assert QuestionSet.objects.get().title == "Standard set of ten scored questions"
    assert kept.is_unchanged
    assert kept.remarks == [
        "standard-ten differs from its file and was left alone: a published competition uses it.",
        "LCR-R1-MFA differs from its file and was left alone: it is published.",
    ]


def set_in_the_office(code: str, **fields) -> None:
    """Change a competition as a manager does, on its page."""
    browser = sign_in(people.manager())
    address = reverse("admin:applications_competition_change", args=[Competition.objects.get(code=code).pk])
    form = browser.get(address).context["adminform"].form
    typed = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    answer = browser.post(address, {**typed, **fields})
    assert answer.status_code == 302, answer.context["errors"]


def test_a_competition_changed_in_the_office_is_left_alone():
    programme.load()
    set_in_the_office("TV-R1-CRD", title="Set by the office")

    kept = programme.load()

    assert Competition.objects.get(code="TV-R1-CRD").title == "Set by the office"
    assert kept.remarks == [
        "TV-R1-CRD differs from its file and was left alone: it was changed in the office."
    ]


def test_without_a_rising_version_the_files_would_take_the_offices_edit_back(monkeypatch):
    programme.load()
    monkeypatch.setattr(Competition, "note_save", lambda competition, **by_and_at: None)
    set_in_the_office("TV-R1-CRD", title="Set by the office")

    kept = programme.load()

    assert Competition.objects.get(code="TV-R1-CRD").title != "Set by the office"
    assert kept.changed == 1


@pytest.mark.parametrize(
    ("pot", "remark"),
    [
        ("NOWHERE", 'TV-R1-CRD names the pot "NOWHERE", which is no budget.'),
        ("LAUNCHPAD", "TV-R1-CRD: LAUNCHPAD is a programme budget, not a pot budget."),
    ],
)
def test_a_pot_of_the_office_that_does_not_fit_is_told_and_keeps_nothing_from_loading(pot, remark):
    programme.load()
    before = CompetitionBudgets.objects.get(competition__code="TV-R1-CRD").pot
    # As an office could set it before its budgets bound it.
    Competition.objects.filter(code="TV-R1-CRD").update(pot=pot, version=2)

    kept = programme.load()

    assert kept.remarks[-1] == remark
    assert CompetitionBudgets.objects.get(competition__code="TV-R1-CRD").pot == before


def test_budgets_open_through_the_ledger():
    programme.load()

    sums = dict(Budget.objects.values_list("code", "ceiling"))
    assert sums == {
        "LAUNCHPAD": 15_000_000,
        "LCR": 7_500_000,
        "TV": 7_500_000,
        "LCR-R1": 6_000_000,
        "TV-R1": 6_000_000,
        "R2": 3_000_000,
        "LCR-CLUSTER": 150_000,
    }
    assert ledger.recount() == []
    drawn = CompetitionBudgets.objects.get(competition__code="TV-R2-MFA")
    assert (drawn.programme.code, drawn.region.code, drawn.pot.code) == ("LAUNCHPAD", "TV", "R2")


def test_a_file_does_not_change_a_ceiling_that_stands(folder):
    programme.load()
    rewrite(folder / "budgets.json", lambda content: content["budgets"][1].update(ceiling=8000000))
    rewrite(folder / "competitions/LCR-R1-MFA.json", lambda entry: entry.update(limit_max=90000))

    assert refused(folder) == [
        "budgets.json, LCR, ceiling: is £8,000,000.00 here and £7,500,000.00 in the ledger. "
        "Change a ceiling in the office, where the ledger books it"
    ]
    assert Competition.objects.get(code="LCR-R1-MFA").limit_max == 100000
