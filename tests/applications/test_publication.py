"""A competition opens only when every rule is set, and says what is missing."""

import pytest

from accounts.roles import Role
from applications import publication, readiness
from applications.models import MaximumPercentage, Stage, State
from tests.make import people
from tests.make.competitions import competition
from tests.make.times import DAY, NOON

pytestmark = pytest.mark.django_db


def test_a_competition_with_every_rule_set_misses_nothing():
    assert readiness.missing(competition()) == []


@pytest.mark.parametrize(
    ("unset", "sentence"),
    [
        ({"opens_at": None}, "The opening date and time are not known."),
        ({"closes_at": None}, "The closing date and time are not known."),
        ({"limit_max": None}, "The upper money limit is not known."),
        ({"pot_sharing": ""}, "How the money of the pot is shared is not set."),
        ({"latest_end_on": None}, "The latest end date is not known."),
        ({"duration_max": None}, "The shortest and longest duration are not known."),
        ({"question_set": None}, "The questions are not known."),
        ({"intensity_table": None}, "The maximum percentages of costs that a grant covers are not known."),
        ({"lead_types": []}, "Who can lead a project is not set."),
        ({"needs_partners": True}, "The largest share of research organisations is not known."),
    ],
)
def test_what_is_not_set_is_said(unset, sentence):
    assert readiness.missing(competition(stage=Stage.SET_UP, **unset)) == [sentence]


def test_a_table_with_a_gap_is_not_ready():
    made = competition()
    MaximumPercentage.objects.filter(table=made.intensity_table, size="large").first().delete()

    assert readiness.missing(made) == ["The table of maximum percentages has gaps."]


def test_publishing_leaves_opening_and_closing_to_the_clock():
    made = competition(stage=Stage.SET_UP)

    published = publication.publish(made, by=people.manager(), at=made.opens_at - DAY)

    assert published.state_at(made.opens_at - DAY) == State.OPENING_SOON
    assert published.state_at(made.opens_at) == State.OPEN
    assert published.state_at(made.closes_at) == State.CLOSED


def test_an_unready_competition_is_not_published():
    made = competition(stage=Stage.SET_UP, limit_max=None)

    with pytest.raises(publication.NotReady) as refusal:
        publication.publish(made, by=people.manager(), at=NOON)

    made.refresh_from_db()
    assert refusal.value.missing == ["The upper money limit is not known."]
    assert made.stage == Stage.SET_UP


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.MANAGER}))
def test_only_a_competition_manager_publishes(role):
    with pytest.raises(publication.PublicationRefused):
        publication.publish(competition(stage=Stage.SET_UP), by=people.user(role), at=NOON)


def test_nothing_is_published_twice_or_after_its_close():
    published, over = competition(), competition(stage=Stage.SET_UP)

    for made in (published, over):
        with pytest.raises(publication.PublicationRefused):
            publication.publish(made, by=people.manager(), at=over.closes_at)
