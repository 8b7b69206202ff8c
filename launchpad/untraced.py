"""Addresses of which neither log nor audit trail says who was there: what is sent to them is nobody's."""

import re

#: The equality questions (``applications.equality``): also without the slash, from where one is led to them,
#: and with more behind it or a slash too many, where nothing is.
ADDRESS = re.compile(r"^/+applications/+[^/]+/+equality(?![^/?#])", re.IGNORECASE)
ROUTES = frozenset({"applications:equality"})


def is_address(path: str) -> bool:
    return bool(ADDRESS.match(path))


def without_reference(path: str) -> str:
    return ADDRESS.sub("/applications/…/equality", path)
