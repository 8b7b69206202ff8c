"""Every way in which a client may ask for a part of a file, and what it is answered."""

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils.http import http_date

from accounts.views import byte_ranges
from tests.make.times import NOON

CONTENT = bytes(range(100))
ETAG = '"abc"'
AT, EARLIER, LATER = (http_date((NOON + timedelta(days=days)).timestamp()) for days in (0, -1, 1))


def asked(method="get", content=CONTENT, **headers):
    """The answer, and its content; what is read is noted under ``read``."""
    request = getattr(RequestFactory(), method)(
        "/", headers={name.replace("_", "-"): headers[name] for name in headers}
    )
    read = []

    def part(of: byte_ranges.Part):
        read.append(of)
        return iter([content[of.first : of.last + 1]])

    answer = byte_ranges.answer(
        request, part, size=len(content), fingerprint="abc", as_of=NOON, headers={"Content-Type": "text/csv"}
    )
    answer.read = read
    return answer, b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_the_whole_says_that_parts_can_be_asked_for():
    answer, content = asked()

    assert (answer.status_code, content) == (200, CONTENT)
    assert (answer["Accept-Ranges"], answer["Content-Length"], answer["ETag"]) == ("bytes", "100", ETAG)
    assert answer["Last-Modified"] == AT
    assert "Content-Range" not in answer


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-99", 0, 99),
        ("bytes=40-", 40, 99),
        ("bytes=40-49", 40, 49),
        ("bytes=99-", 99, 99),
        ("bytes=40-1000", 40, 99),
        ("bytes=-1", 99, 99),
        ("bytes=-30", 70, 99),
        ("bytes=-1000", 0, 99),
        ("Bytes = 40 - 49 ", 40, 49),
    ],
)
def test_a_part_is_answered_with_that_part(wanted, first, last):
    answer, content = asked(Range=wanted)

    assert (answer.status_code, content) == (206, CONTENT[first : last + 1])
    assert answer["Content-Range"] == f"bytes {first}-{last}/100"
    assert answer["Content-Length"] == str(last - first + 1)
    assert (answer["ETag"], answer["Accept-Ranges"], answer["Content-Type"]) == (ETAG, "bytes", "text/csv")


@pytest.mark.parametrize("wanted", ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=999999999999999999-"])
def test_a_part_that_is_not_there_is_refused_with_the_size(wanted):
    answer, content = asked(Range=wanted)

    assert (answer.status_code, content, answer.read) == (416, b"", [])
    assert (answer["Content-Range"], answer["Accept-Ranges"]) == ("bytes */100", "bytes")


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5-4",
        "bytes=a-b",
        "bytes=1.5-2",
        "bytes=--5",
        "bytes=+1-2",
        "bytes=٣-٤",
        "lines=0-4",
        "bytes=0-1,5-6",
        "bytes=" + "9" * 5000 + "-",
    ],
)
def test_what_cannot_be_read_or_is_several_gets_the_whole(wanted):
    answer, content = asked(Range=wanted.encode().decode("latin-1"))

    assert (answer.status_code, content) == (200, CONTENT)


@pytest.mark.parametrize(
    ("if_range", "is_the_same"),
    [
        (ETAG, True),
        (AT, True),
        ('"other"', False),
        (f"W/{ETAG}", False),
        (EARLIER, False),
        (LATER, False),
        ("nonsense", False),
        ("abc", False),
    ],
)
def test_a_part_of_a_file_that_has_changed_is_answered_with_the_whole(if_range, is_the_same):
    answer, content = asked(Range="bytes=40-", If_Range=if_range)

    assert (answer.status_code, content) == ((206, CONTENT[40:]) if is_the_same else (200, CONTENT))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If_None_Match": ETAG}, 304),
        ({"If_None_Match": '"other"'}, 200),
        ({"If_Match": ETAG}, 200),
        ({"If_Match": '"other"'}, 412),
        ({"If_Modified_Since": AT}, 304),
        ({"If_Modified_Since": EARLIER}, 200),
        ({"If_Unmodified_Since": EARLIER}, 412),
        ({"If_None_Match": ETAG, "Range": "bytes=0-1"}, 304),
        ({"If_Match": '"other"', "Range": "bytes=0-1"}, 412),
        ({"If_Match": ETAG, "Range": "bytes=0-1"}, 206),
    ],
)
def test_conditions_come_before_parts(headers, status):
    answer, _content = asked(**headers)

    assert answer.status_code == status
    assert bool(answer.read) == (status in (200, 206))
    assert answer["ETag"] == ETAG


@pytest.mark.parametrize("wanted", ["", "bytes=40-49", "bytes=100-"])
def test_who_asks_for_the_headers_gets_those_of_the_whole_and_reads_nothing(wanted):
    answer, content = asked("head", Range=wanted)

    assert (answer.status_code, content, answer.read) == (200, b"", [])
    assert (answer["Content-Length"], answer["Accept-Ranges"]) == ("100", "bytes")


@pytest.mark.parametrize("wanted", ["bytes=-5", "bytes=0-", "bytes=0-0", "bytes=-0"])
def test_of_a_file_without_a_byte_there_is_no_part(wanted):
    whole, nothing = asked(content=b"")
    answer, content = asked(content=b"", Range=wanted)

    assert (whole.status_code, whole["Content-Length"], nothing) == (200, "0", b"")
    assert (answer.status_code, answer["Content-Range"], content) == (416, "bytes */0", b"")
