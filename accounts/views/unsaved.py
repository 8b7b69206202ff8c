"""What somebody typed into a page of theirs that could not be saved, since they had been signed out.

Until its writer has signed in again it goes from page to page in a hidden field that only we can make;
from then on it stands in their session, until it is saved or they discard it. Nobody else is shown it.
"""

from dataclasses import asdict, dataclass

from django.core import signing
from django.http import HttpRequest, QueryDict

from accounts.models import User

#: The hidden field of a page that says whose it is, and the one that carries what was typed.
WRITER, FIELD = "writer", "unsaved"
#: Of the form, what is no text of its writer's.
LEFT_OUT = frozenset({WRITER, FIELD, "csrfmiddlewaretoken", "intent", "autosave", "complete", "save"})

#: So many characters are carried; a form may have twice as many bytes.
MOST = 1024 * 1024
KEPT_FOR = 7 * 24 * 60 * 60

IN_SESSION = "unsaved"
SALT = "what was typed and not saved"
_writers = signing.Signer(salt="writer of a page")


@dataclass(frozen=True, slots=True)
class Unsaved:
    """``fields`` in their order; ``writer`` the person's number; ``address`` the page's path."""

    address: str
    writer: int
    fields: list[list[str]]

    @property
    def data(self) -> QueryDict:
        """As a form takes it."""
        data = QueryDict(mutable=True)
        for name, text in self.fields:
            data.appendlist(name, text)
        return data


def mark(writer: User) -> str:
    """The value of the field ``WRITER``: whose page it is, signed."""
    return _writers.sign(str(writer.pk))


def writer_of(request: HttpRequest) -> int | None:
    """Who opened the page whose form was sent; None where it does not say, or not by our hand."""
    try:
        return int(_writers.unsign(request.POST.get(WRITER, "")))
    except (signing.BadSignature, ValueError):
        return None


def sent(request: HttpRequest) -> Unsaved | None:
    """What a form with its writer holds; None for other forms, and for more than ``MOST``."""
    writer = writer_of(request)
    fields = [[name, text] for name, texts in request.POST.lists() for text in texts if name not in LEFT_OUT]
    if writer is None or sum(len(name) + len(text) for name, text in fields) > MOST:
        return None
    return Unsaved(request.path, writer, fields)


def sealed(unsaved: Unsaved) -> str:
    """The value of the field ``FIELD``."""
    return signing.dumps(asdict(unsaved), salt=SALT, compress=True)


def brought(request: HttpRequest) -> Unsaved | None:
    """What came in the field ``FIELD``; None where nothing did, or it is not of our making."""
    if request.method != "POST" or FIELD not in request.POST:
        return None
    try:
        return Unsaved(**signing.loads(request.POST[FIELD], salt=SALT, max_age=KEPT_FOR))
    except (signing.BadSignature, TypeError, ValueError):
        return None


def keep(request: HttpRequest, unsaved: Unsaved) -> None:
    """Let it stand in the session of its writer, in the place of what stood there before."""
    request.session[IN_SESSION] = asdict(unsaved)


def waiting(request: HttpRequest) -> Unsaved | None:
    """What waits in the session to be saved on this page by this person."""
    kept = request.session.get(IN_SESSION)
    found = Unsaved(**kept) if kept else None
    is_here = found and found.address == request.path and found.writer == request.user.pk
    return found if is_here else None


def forget(request: HttpRequest) -> None:
    if waiting(request):
        del request.session[IN_SESSION]
