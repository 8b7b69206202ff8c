"""How words are counted: as the page shows it and as the server holds to it."""

import re

#: What parts words: exactly the white space of a browser's script, so that both counts agree.
WHITE_SPACE = "\\t\\n\\v\\f\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff"
WORD = re.compile(f"[^{WHITE_SPACE}]+")

#: A word limit is also a limit of characters, for writing that puts no spaces between words.
LETTERS_TO_A_WORD = 25


def count(text: str) -> int:
    """Return the number of words: runs of anything but white space. "R&D - 20 %" has four."""
    return sum(1 for _ in WORD.finditer(text))


def says_something(text: str) -> bool:
    """Whether there is a letter or a digit in it: a full stop or a character that nobody sees is no text."""
    return any(sign.isalnum() for sign in text)


def most_letters(word_limit: int) -> int:
    return word_limit * LETTERS_TO_A_WORD


def longest_draft(word_limit: int) -> int:
    """The most characters that are kept of an answer on its way: twice what it may have in the end."""
    return 2 * most_letters(word_limit)


def beyond_keeping(text: str, word_limit: int) -> str:
    """Say why ``text`` is too long even for a draft, or nothing.

    A draft may be over its limit, so that nothing typed is lost; it blocks completing, not saving.
    """
    if len(text) > longest_draft(word_limit):
        return (
            f"Your answer has {len(text):,} characters. "
            f"At most {longest_draft(word_limit):,} are kept: shorten it, then save again."
        )
    return ""


def refusal(text: str, word_limit: int) -> str:
    """Say why ``text`` is too long, or nothing. The limit is inclusive: 400 words pass, 401 do not."""
    words = count(text)
    if words > word_limit:
        over = words - word_limit
        return (
            f"Your answer has {words:,} words. The limit is {word_limit:,}: "
            f"take out {over:,} {'word' if over == 1 else 'words'}."
        )
    if len(text) > most_letters(word_limit):
        return f"Your answer has {len(text):,} characters. The limit is {most_letters(word_limit):,}."
    return ""
