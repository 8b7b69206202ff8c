import pytest

from applications import word_count


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("  \r\n\t ", 0),
        ("one", 1),
        ("one two\nthree", 3),
        ("R&D - 20 %", 4),
        ("state-of-the-art", 1),
        ("one\u00a0two\ufeffthree\u3000four", 4),
        ("one\x1cword", 1),
        ("日本語", 1),
    ],
)
def test_words_are_parted_by_the_white_space_that_a_browser_knows(text, words):
    assert word_count.count(text) == words


def test_the_limit_is_inclusive():
    assert word_count.refusal("word " * 400, 400) == ""
    assert word_count.refusal("word " * 401, 400) == (
        "Your answer has 401 words. The limit is 400: take out 1 word."
    )


def test_text_without_spaces_is_held_to_characters():
    assert word_count.refusal("x" * 10_000, 400) == ""
    assert word_count.refusal("x" * 10_001, 400) == "Your answer has 10,001 characters. The limit is 10,000."
