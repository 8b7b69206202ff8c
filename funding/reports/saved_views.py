"""Views of the funding report, kept by name by whoever reads it, and shared where they wish."""

from datetime import datetime

from accounts import audit
from accounts.models import User
from accounts.refusals import Refusal
from accounts.roles import held_by
from funding.models import READERS, SavedView

#: So many views one person may keep, so that all of them fit on the page.
MOST = 100


class NotAReader(Refusal):
    def __init__(self) -> None:
        super().__init__("A view is kept by somebody who may open the funding report.")


class NotTheirs(Refusal):
    def __init__(self) -> None:
        super().__init__("A view is shared and deleted by whoever keeps it.")


class TooMany(Refusal):
    def __init__(self) -> None:
        super().__init__(f"You keep {MOST} views already: delete one, or use the name of one to replace it")


@audit.action("keep funding view")
def keep(name: str, query: str, *, is_shared: bool, by: User, at: datetime) -> SavedView:
    """Keep it, or put it in the place of one's own view of that name. Raises NotAReader and TooMany."""
    if not held_by(by) & READERS:
        raise NotAReader
    # One at a time for each person, or two at once would pass the limit together.
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    own = SavedView.objects.own_of(by)
    if own.exclude(name=name).count() >= MOST:
        raise TooMany
    chosen = {"query": query, "is_shared": is_shared, "kept_at": at}
    view, _ = SavedView.objects.update_or_create(kept_by=by, name=name, defaults=chosen)
    audit.note(after={"shared": is_shared})
    return view


@audit.action("set sharing of funding view")
def set_sharing(view: SavedView, is_shared: bool, *, by: User, at: datetime) -> SavedView:
    """Raises NotTheirs."""
    view = _held(view, by)
    audit.note(before={"shared": view.is_shared}, after={"shared": is_shared})
    view.is_shared = is_shared
    view.save(update_fields=["is_shared"])
    return view


@audit.action("delete funding view")
def delete(view: SavedView, *, by: User, at: datetime) -> None:
    """Raises NotTheirs."""
    view = _held(view, by)
    audit.note(subject=view, before={"shared": view.is_shared})
    # By its id, which the row in the trail needs: the object would lose it.
    SavedView.objects.filter(pk=view.pk).delete()


def _held(view: SavedView, by: User) -> SavedView:
    held = SavedView.objects.own_of(by).select_for_update().filter(pk=view.pk).first()
    if held is None:
        raise NotTheirs
    return held
