import pytest

from applications import lead_times
from applications.forms.reminders import RemindersField


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("14 days, 3 days, 1 day, 2 hours", [336, 72, 24, 2]),
        ("2 hours and 1 day", [24, 2]),
        ("3d, 3 days, 72h", [72]),
        ("", []),
        (" , ", []),
    ],
)
def test_lead_times_are_read_longest_first_and_once(text, hours):
    assert lead_times.read(text) == hours


@pytest.mark.parametrize("hours", [[336, 72, 24, 2], [25], []])
def test_what_is_written_is_read_back(hours):
    assert lead_times.read(lead_times.in_words(hours)) == hours


@pytest.mark.parametrize("text", ["soon", "14", "0 days", "61 days", "1d,2d,3d,4d,5d,6d,7d", "٣ days\x00"])
def test_what_cannot_be_a_lead_time_is_refused_with_a_sentence(text):
    with pytest.raises(lead_times.NotLeadTimes, match=r"\.$|neither"):
        lead_times.read(text)


def test_the_form_shows_words_and_sees_a_change():
    field = RemindersField()

    assert field.prepare_value([24, 2]) == "1 day, 2 hours"
    assert not field.has_changed([24, 2], "24 hours, 2 hours")
    assert field.has_changed([24, 2], "1 day")
    assert field.clean("") == []
