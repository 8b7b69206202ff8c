"""What marks mean: the five bands of the dossier's section 6.1, the same for every question."""

from dataclasses import dataclass

#: The maximum that the bands are written for.
OUT_OF = 10


@dataclass(frozen=True, slots=True)
class Band:
    lowest: int
    highest: int
    name: str
    meaning: str


BANDS = (
    Band(9, 10, "Compelling", "fully evidenced and quantified"),
    Band(7, 8, "Good", "some evidence, small gaps"),
    Band(5, 6, "Plausible", "evidence is thin, some parts are missing"),
    Band(3, 4, "Weak", "ill-defined, with large gaps"),
    Band(1, 2, "Poor", "little or nothing relevant, or harmful"),
)
