"""Addresses of which neither log nor audit trail says who was there: what is sent to them is nobody's."""

import re

#: The equality questions (``applications.equality``).
ADDRESS = re.compile(r"^/applications/[^/\s]+/equality/")
ROUTES = frozenset({"applications:equality"})


def is_address(path: str) -> bool:
    return bool(ADDRESS.match(path))


def without_reference(path: str) -> str:
    return ADDRESS.sub("/applications/…/equality/", path)
