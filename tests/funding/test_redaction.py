"""What is taken out of a text for the public: addresses and numbers as people write them, no more."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.open_data import redaction

PHONES = (
    "0151 496 0000", "(0151) 496-0000", "+44 (0)20 7946 0000", "+44(0)1514960000", "01514960000",
    "0044 151 496 0000", "07700 900123", "07700.900.123", "07911 123456", "0151/496/0000",
    "0151–496–0000", "0151\u00a0496\u00a00000", "０１５１ ４９６ ００００", "0161 496 0000 ext. 12",
    "0151 496 0000x23", "+353 1 234 5678", "00353 1 234 5678", "+1 202-555-0143", "0800 1111",
    "0 1 5 1 4 9 6 0 0 0 0", "44 151 496 0000",
)  # fmt: skip
EMAILS = (
    "jo@mersey.example", "a.b+c@x.co.uk", "jo @ mersey.example", "jo＠mersey.example", "jo%40mersey.example",
    "jo(at)mersey.example", "jo [at] mersey [dot] example", "jo{at}mersey{dot}co{dot}uk",
    "JO AT MERSEY DOT COM",
    "jo at mersey dot co dot uk", "jo@mersey(.)example", "jo@mersey-tide.co.uk", "jo@mersey．example",
    "jo@bücher.example", "jo@пример.рф", '"Jo Bloggs"@mersey.example', "o'jo@mersey.example",
)  # fmt: skip


@pytest.mark.parametrize("number", PHONES)
def test_a_phone_number_is_taken_out_whole(number):
    found = redaction.redacted(f"Ring {number} today.")

    assert found == ("Ring [phone number removed] today.", (number,))


@pytest.mark.parametrize("address", EMAILS)
def test_an_email_address_is_taken_out_whole(address):
    found = redaction.redacted(f"Write to {address}, or call.")

    assert found.text.endswith("[email address removed], or call.")
    assert found.removed[0] in address and found.removed[0].endswith(address[-3:])


@pytest.mark.parametrize(
    "text",
    [
        "It saves £1,000,000 a year, 2023 to 2025, in 12 000 homes.",
        "From 01/04/2023, 0.5% of 100,000,000 tonnes; grant 10058 10059.",
        "Company 01234567 and @home in 5 places.",
        "Look at the dot matrix; sold at 5 @ home. We grow.",
        "Project EP/0123456/1, application LP-2023-0042, ISBN 978-0-306-40615-7.",
        "Phases 1 2 3 4 5 6 7 8 9 10 11 from 2023-04-01 to 2025-03-31.",
        "1.0123456789 m at 10000000000 Hz, 20-30 people, 1:100,000.",
    ],
)
def test_other_figures_and_words_stay(text):
    assert redaction.redacted(text) == (text, ())


def test_two_kinds_in_one_text_are_both_taken_out():
    found = redaction.redacted("tel:+44 7911 123456, mailto:a.b+c@x.co.uk; 0161 496 0000 and 0161 496 0001")

    assert found.removed == ("a.b+c@x.co.uk", "+44 7911 123456", "0161 496 0000", "0161 496 0001")


@given(st.text(st.sampled_from("a0+4@. (at)[dot]-/１＠"), max_size=60))
def test_whatever_is_left_was_there_and_nothing_is_found_in_it_a_second_time(text):
    found = redaction.redacted(text)

    assert redaction.EMAIL_REMOVED not in text
    bare = found.text.replace(redaction.EMAIL_REMOVED, "").replace(redaction.PHONE_REMOVED, "")
    assert len(bare) + sum(map(len, found.removed)) == len(text)


@pytest.mark.parametrize(
    "worst", ["a" * 20_000, "a.b-" * 5_000, "0 " * 10_000, "(at)" * 5_000, " at a dot" * 2_000]
)
def test_a_long_text_takes_no_long_time(worst):
    began = time.monotonic()

    redaction.redacted(worst)

    assert time.monotonic() - began < 5
