"""Files of the funding report that are kept: asked for, discarded, downloaded and thrown away in time."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import OwedState, User
from accounts.refusals import Refusal
from accounts.roles import held_by
from funding.models import READERS, FileKind, FundingFile, FundingFileBlock

#: How long a file can be downloaded. Its row stays.
KEPT = timedelta(days=7)
#: So many files one person may have at a time, there or on their way.
MOST = 10
#: So many that have run out lose their bytes in one run of the job; the next sees to the rest.
AT_ONCE = 50


class NotAReader(Refusal):
    def __init__(self) -> None:
        super().__init__("A file is asked for by somebody who may open the funding report.")


class TooMany(Refusal):
    def __init__(self) -> None:
        super().__init__(f"You have {MOST} files of the funding report already: delete one first")


class HasEnded(Refusal):
    def __init__(self) -> None:
        super().__init__("The file has failed, was cancelled or was deleted already.")


@audit.action("ask for funding file")
def ask(query: str, kind: FileKind, *, by: User, at: datetime) -> FundingFile:
    """Owe ``by`` a file of the view that ``query`` names. A worker writes it.

    While one of the same view and kind is on its way, it is that one.

    query  as the view's form wrote it

    Raises NotAReader and TooMany.
    """
    if not held_by(by) & READERS:
        raise NotAReader
    # One at a time for each person, or two at once would pass the limit together.
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    own = FundingFile.objects.filter(asked_by=by)
    asked = own.filter(kind=kind, query=query, state__in=[OwedState.WAITING, OwedState.LEASED]).first()
    if asked is not None:
        audit.join()
        return asked
    if own.taking_room(at).count() >= MOST:
        raise TooMany
    audit.note(after={"as": kind, "view": query})
    return FundingFile.objects.create(asked_by=by, asked_at=at, due_at=at, kind=kind, query=query)


@audit.action("discard funding file")
def discard(file: FundingFile, *, by: User, at: datetime) -> FundingFile:
    """End it where it is on its way, or delete its bytes. Its worker stops at the next block.

    Raises HasEnded where there is nothing to end or delete.
    """
    file = FundingFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    audit.note(subject=file, before={"state": file.state})
    if file.is_under_way:
        file.state, file.finished_at, file.leased_until = OwedState.VOID, at, None
    elif file.state == OwedState.DONE and file.emptied_at is None:
        file.emptied_at = at
    else:
        raise HasEnded
    file.save(update_fields=["state", "finished_at", "leased_until", "emptied_at"])
    FundingFileBlock.objects.filter(file=file).delete()
    return file


@audit.action("download funding file")
def note_download(file: FundingFile, first: int, *, by: User, at: datetime) -> None:
    """Write who takes it away, before the first byte leaves; also where it goes on at byte ``first``."""
    audit.note(after={"as": file.kind, "view": file.query, "rows": file.rows_done, "from byte": first})


@audit.action("finish funding file")
def finish(file: FundingFile, *, facts: dict[str, Any], by: User | None = None, at: datetime) -> bool:
    """Record that a worker has written all of it; False where it has come to an end without us.

    facts  what is known of it now: its columns by name
    """
    held = FundingFile.objects.select_for_update().filter(
        pk=file.pk, tries=file.tries, state=OwedState.LEASED
    )
    # A worker that was thought dead may not say so of the bytes that another is writing.
    if not held.exists() or not FundingFile.objects.mark_done(file, at=at, **facts, expires_at=at + KEPT):
        audit.join()
        return False
    audit.note(after={"as": file.kind, "rows": facts["rows_done"], "bytes": facts["size"]})
    return True


@transaction.atomic
def fail(file: FundingFile, reason: str, *, at: datetime) -> None:
    """Note why it could not be written, and delete what was. Nothing where its worker has lost it."""
    if FundingFile.objects.mark_failed(file, reason=reason, at=at):
        FundingFileBlock.objects.filter(file=file).delete()


def throw_away(*, at: datetime) -> str:
    """Delete the bytes of files that have run out, and what workers that were lost for good have left."""
    FundingFileBlock.objects.filter(file__state__in=[OwedState.FAILED, OwedState.VOID]).delete()
    gone = 0
    for pk in list(
        FundingFile.objects.run_out(at).order_by("expires_at").values_list("pk", flat=True)[:AT_ONCE]
    ):
        with transaction.atomic():
            FundingFileBlock.objects.filter(file=pk).delete()
            gone += FundingFile.objects.run_out(at).filter(pk=pk).update(emptied_at=at)
    return f"{gone} files of the funding report deleted"
