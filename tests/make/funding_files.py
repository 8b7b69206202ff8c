"""Files of the funding report, asked for and written without a worker."""

import hashlib

from accounts import clock
from accounts.models import OwedState, User
from funding.models import FileKind, FundingFile, FundingFileBlock
from funding.reports import funding_files
from tests.make.times import NOON


def asked(by: User, query: str = "", kind: FileKind = FileKind.CSV, at=NOON) -> FundingFile:
    return funding_files.ask(query, kind, by=by, at=at)


def written(by: User, content: bytes = b"a,b\n1,2\n", *, regions=None, at=None, **named) -> FundingFile:
    """A file that is there, of one block. ``regions`` are those read for it, None all."""
    at = at or clock.now()
    made = asked(by, at=at, **named)
    FundingFileBlock.objects.create(file=made, number=0, content=content)
    FundingFile.objects.filter(pk=made.pk).update(
        state=OwedState.DONE,
        finished_at=at,
        as_of=at,
        rows_expected=1,
        rows_done=1,
        size=len(content),
        fingerprint=hashlib.sha256(content).hexdigest(),
        is_whole=regions is None,
        regions=regions or [],
        expires_at=at + funding_files.KEPT,
    )
    made.refresh_from_db()
    return made
