"""CSV as it is streamed: by a thread with a connection of its own, in bounded blocks."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from funding.exports import csv_file
from tests.funding.test_funding_report import award
from tests.make import people

pytestmark = pytest.mark.slow


def test_the_file_is_streamed_from_a_connection_of_its_own(committed_database, client):
    award()
    client.force_login(people.user(Role.AUDITOR))

    answer = client.get(reverse("admin:funding_report_csv"))

    assert b"".join(answer.streaming_content).count(b"\n") == 2


def test_a_reader_who_goes_away_ends_the_copying():
    pipe = csv_file.Pipe()
    pipe.abandoned.set()

    with pytest.raises(csv_file.Abandoned):
        pipe.write(b"x" * csv_file.BLOCK)


def test_blocks_are_of_one_size_and_lose_nothing():
    pipe = csv_file.Pipe()
    pipe.write(b"a" * (csv_file.BLOCK + 7))
    pipe.close()

    blocks = list(pipe)

    assert [len(block) for block in blocks] == [csv_file.BLOCK, 7]
