"""The Celery application whose files are of small blocks, for a test that kills what writes one.

FILE_HANGS while this file is there, the writing does not go on after its first block
"""

import os
import time
from pathlib import Path

import django

from launchpad.celery import app

django.setup()

from funding.exports import file_blocks  # noqa: E402 - models can be read from here on

__all__ = ["app"]

put = file_blocks.Blocks._put


def put_and_wait(blocks: file_blocks.Blocks, block: bytes) -> None:
    put(blocks, block)
    while Path(os.environ["FILE_HANGS"]).exists():
        time.sleep(0.05)


file_blocks.BLOCK = 64
file_blocks.Blocks._put = put_and_wait  # type: ignore[method-assign]
