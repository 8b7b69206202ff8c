"""A wording is words: read, filled once, never carried out; what is wrong with one is said at its field."""

import pytest
from django.template.loader import get_template, render_to_string

from accounts import letters
from accounts.letters import Button, Facts, Heading, Paragraph, Placeholder, Points, Quotes

KNOWN = {
    placeholder.name: placeholder
    for placeholder in (
        Placeholder("reference", "the reference"),
        Placeholder("project", "the project's title"),
        Placeholder("facts", "a table", is_block=True),
        Placeholder("button", "the link", is_block=True, is_required=True, is_secret=True),
    )
}


def test_a_body_is_read_into_its_parts():
    body = (
        "Your project ((project)) is in.\nThank you.\n\n## What next\n\n* Wait\n* ((reference))\n\n((facts))"
    )

    found = letters.parts(body, {"project": "Gears", "reference": "LP-1", "facts": Facts((("A", "b"),))})

    assert found == [
        Paragraph("Your project Gears is in.\nThank you."),
        Heading("What next"),
        Points(("Wait", "LP-1")),
        Facts((("A", "b"),)),
    ]


def test_what_people_typed_never_becomes_anything_but_words():
    typed = "## Heading\n\n* point ((reference)) {{ settings.SECRET_KEY }} {% load x %}"

    found = letters.parts("About ((project))", {"project": typed, "reference": "LP-1"})

    assert found == [Paragraph(f"About {typed}")]


def test_a_subject_is_one_line_and_not_too_long_for_one():
    subject = letters.subject(
        "Application ((reference))\n of ((project))",
        {"reference": "LP-1\r\nBcc: all@example.com", "project": "x" * 300},
    )

    assert subject.startswith("Application LP-1 Bcc: all@example.com of xxx")
    assert len(subject) == letters.LONGEST_SUBJECT
    assert "\n" not in subject


def test_a_block_without_a_value_is_left_out():
    assert letters.parts("Before\n\n((facts))\n\nAfter", {"facts": None}) == [
        Paragraph("Before"),
        Paragraph("After"),
    ]


def test_parts_read_well_as_plain_text():
    quotes = Quotes("What they said", (("Risks", "8 of 10", (("Assessor 1", "Clear."),)),))

    assert str(Facts((("Reference", "LP-1"), ("Project", "Gears")))) == "Reference: LP-1\nProject: Gears"
    assert str(Button("See it", "https://x/")) == "See it:\nhttps://x/"
    assert str(quotes) == "What they said\n\nRisks: 8 of 10\n  Assessor 1: Clear."


@pytest.mark.parametrize(
    ("subject", "body", "field", "sentence"),
    [
        ("A", "((refrence))\n\n((button))", "body", "There is no ((refrence)) here."),
        ("((nothing))", "((button))", "subject", "There is no ((nothing)) here."),
        ("A", "Text without it", "body", "((button)) is missing. It is the link."),
        ("A", "See ((facts)) here\n\n((button))", "body", "((facts)) is a block"),
        ("A ((facts))", "((button))", "subject", "((facts)) is a block"),
        ("A ((button))", "((button))", "subject", "((button)) is a block"),
        ("A", "((Reference))\n\n((button))", "body", "A placeholder is written in small letters"),
        ("A", "((reference)\n\n((button))", "body", "A placeholder is written in small letters"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(subject, body, field, sentence):
    found = list(letters.faults(subject, body, KNOWN))

    assert [(where, what[: len(sentence)]) for where, what in found] == [(field, sentence)]


def test_a_right_wording_has_no_faults():
    assert list(letters.faults("About (( reference ))", "Hello\n\n(( button ))\n\n((facts))", KNOWN)) == []


def test_plain_text_is_wrapped_and_links_stay_whole():
    link = "https://example.com/" + "x" * 90
    text = f"{'word ' * 40}\n\n* {'point ' * 20}\n  Assessor 1: {'text ' * 30}\n{link}"

    lines = letters.wrapped(text).split("\n")

    assert max(len(line) for line in lines if line != link) <= letters.LONGEST_LINE
    assert link in lines
    assert [line for line in lines if line.startswith("    text")]
    assert "".join(text.split()) == "".join("".join(lines).split())


def test_a_button_and_the_letter_around_it_keep_their_room_in_outlook():
    """It lays out as Word does: a link has no padding there, so its cell has some that only Word reads, and
    a widest width is not heeded. Everywhere else the whole of the button is the link."""
    button = render_to_string(
        "email/parts/button.html", {"part": letters.Button("Sign in", "https://example.com/")}
    )
    frame = get_template("email/letter.html").template.source

    cell, link = button.split("<a ")[:2]
    assert "mso-padding-alt:12px 22px" in cell
    assert "padding:12px 22px" not in cell.replace("mso-padding-alt:12px 22px", "")
    assert "display:block;padding:12px 22px" in link
    assert '<!--[if mso]><table role="presentation" width="600"' in frame
    assert "<!--[if mso]></td></tr></table><![endif]-->" in frame
