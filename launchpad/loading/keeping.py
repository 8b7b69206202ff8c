"""Writing rows so that a second run changes nothing."""

from dataclasses import dataclass, field
from typing import TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


@dataclass
class Kept:
    """What a load did: rows made and changed, and sentences about what it left alone."""

    made: int = 0
    changed: int = 0
    remarks: list[str] = field(default_factory=list)

    @property
    def is_unchanged(self) -> bool:
        return not (self.made or self.changed)

    def keep(self, row: Row, found_by: str, names: list[str]) -> Row:
        """Save ``row`` under its key, or bring the one that has this key to the same values."""
        standing = type(row)._default_manager.filter(**{found_by: getattr(row, found_by)}).first()
        if standing is None:
            row.save()
            self.made += 1
            return row
        if differing := differences(standing, row, names):
            for name in differing:
                setattr(standing, name, getattr(row, name))
            standing.save(update_fields=differing)
            self.changed += 1
        return standing

    def keep_parts(self, owner: models.Model, parts: list[models.Model], link: str, names: list[str]) -> None:
        """Let ``owner`` have exactly these parts. Where one differs all are written anew.

        One by one would trip over what must be unique among them, such as two positions changing places.
        """
        standing = type(parts[0])._default_manager.filter(**{link: owner})
        if {_values(part, names) for part in standing} == {_values(part, names) for part in parts}:
            return
        count, _ = standing.delete()
        for part in parts:
            setattr(part, link, owner)
        type(parts[0])._default_manager.bulk_create(parts)
        self.made += 0 if count else len(parts)
        self.changed += len(parts) if count else 0


def differences(standing: models.Model, wanted: models.Model, names: list[str]) -> list[str]:
    return [name for name in names if getattr(standing, name) != getattr(wanted, name)]


def _values(row: models.Model, names: list[str]) -> tuple:
    return tuple(getattr(row, name) for name in names)
