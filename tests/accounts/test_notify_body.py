"""The body as Notify's Markdown has it: its own headings and lists, and people's words as words alone."""

import pytest

from accounts.channels import notify_body
from accounts.letters import Button, Facts, Heading, Link, Paragraph, Points, Quotes

FOOT = ("You get this because you applied.", "This address cannot take replies.", "https://x.example")


def test_a_letter_keeps_its_headings_points_and_links():
    parts = [
        Paragraph("Your application is in.\nThank you."),
        Heading("What happens next"),
        Points(("Wait", "Read")),
        Facts((("Reference", "LP-1"), ("Project", "Gears"))),
        Button("See it", "https://x.example/a_b/#c"),
        Link("All of them", "https://x.example/all/"),
        Quotes("What they said", (("Risks", "8 of 10", (("Assessor 1", "Clear.\nShort."),)),)),
    ]

    assert notify_body.written("Ada", parts, FOOT) == (
        "Dear Ada\n\n"
        "Your application is in.\nThank you.\n\n"
        "# What happens next\n\n"
        "* Wait\n* Read\n\n"
        "Reference: LP-1\nProject: Gears\n\n"
        "See it:\nhttps://x.example/a_b/#c\n\n"
        "All of them:\nhttps://x.example/all/\n\n"
        "# What they said\n\n## Risks\n\n8 of 10\n\nAssessor 1: Clear.\nShort.\n\n"
        "---\n\n"
        "You get this because you applied.\nThis address cannot take replies.\nhttps://x.example\n"
    )


def test_a_long_line_stays_one_line():
    text = "word " * 100 + "end"

    assert notify_body.written("", [Paragraph(text)], FOOT).startswith(f"{text}\n\n---")


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("# Heading", r"\# Heading"),
        ("   ## Heading", r"\#\# Heading"),
        ("C# and F#", r"C\# and F\#"),
        ("* point", r"\* point"),
        ("- point", r"\- point"),
        ("• point", "· point"),
        ("1. First", r"1\. First"),
        ("12.5 kW", r"12\.5 kW"),
        ("12 kW", "12 kW"),
        ("^ inset", "ˆ inset"),
        ("Title\n---", "Title\n\\---"),
        ("Title\n***", "Title\n\\***"),
        ("Title\n===", "Title\n\n==="),
        ("___", r"\___"),
        ("```\ncode", "\\```\ncode"),
        ("~~~", r"\~~~"),
        ("    code", "code"),
        ("[Sign in](https://evil.example)", r"\[Sign in](https://evil.example)"),
        ("[Sign in][1]\n[1]: https://evil.example", "\\[Sign in]\\[1]\n\\[1]: https://evil.example"),
        ("![](https://evil.example/seen)", r"!\[](https://evil.example/seen)"),
        (r"\[Sign in](https://evil.example)", r"\\\[Sign in](https://evil.example)"),
        ("((reference))", r"(\(reference))"),
        ("((is new??Hello))", r"(\(is new??Hello))"),
        ("(((x)))", r"(\(\(x)))"),
        ("a | b\n--|--", "a \\| b\n\\--\\|--"),
        ("https://x.example/a_b/[c]#d", "https://x.example/a_b/[c]#d"),
        ("x\u2028# y", "x\n\\# y"),
        ("x\u2424* y", "x\n\\* y"),
        ("x\r# y", "x\n\\# y"),
        ("\u200b# y", r"\# y"),
        ("\ufeff\u00a0* y", r"\* y"),
        ("Zażółć, 株式会社 & <b>O'Neill</b>", "Zażółć, 株式会社 & <b>O'Neill</b>"),
    ],
)
def test_what_people_typed_is_words_and_no_more(typed, written):
    assert notify_body.plain(typed) == written


@pytest.mark.parametrize(
    "typed", ["x\n# y", "x\u2028# y", "x\n\n* y", "x\r\n---", "x\n\nhttps://evil.example"]
)
@pytest.mark.parametrize("part", [lambda typed: Heading(typed), lambda typed: Points((typed, "z"))])
def test_a_heading_and_a_point_are_one_line_whatever_they_hold(part, typed):
    block = notify_body.written("", [part(typed)], FOOT).split("\n\n---")[0]

    lines = block.split("\n")
    assert len(lines) == (1 if block.startswith("#") else 2)


def test_parts_without_words_leave_no_sign_behind():
    assert notify_body.written("", [Heading(" "), Quotes("", ()), Paragraph("\n")], ("x",)) == "---\n\nx\n"
