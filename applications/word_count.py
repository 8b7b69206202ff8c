"""How words are counted: as the page shows it and as the server holds to it."""

#: A word limit is also a limit of characters, for writing that puts no spaces between words.
LETTERS_TO_A_WORD = 25


def count(text: str) -> int:
    """Return the number of words: runs of anything but white space. "R&D - 20 %" has four."""
    return len(text.split())


def most_letters(word_limit: int) -> int:
    return word_limit * LETTERS_TO_A_WORD


def too_long(words: int, limit: int) -> str:
    """The limit is inclusive: 400 words pass, 401 do not."""
    over = words - limit
    return (
        f"Your answer has {words:,} words. The limit is {limit:,}: "
        f"take out {over:,} {'word' if over == 1 else 'words'}."
    )


def too_many_letters(letters: int, limit: int) -> str:
    return f"Your answer has {letters:,} characters. The limit is {most_letters(limit):,}."
