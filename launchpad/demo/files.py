"""The demonstration's own files: invented competitions' values, projects, partners and texts."""

import json
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "data"


@cache
def read(name: str) -> dict:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
