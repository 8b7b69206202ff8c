"""What an application asks its assessors to know, and how well somebody's skills answer it."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from applications.models import Answer, Application, ApplicationSkill, Skill

#: Points of a skill that is asked for: had, or had in another of the same area of innovation.
HAD, NEAR = 2, 1

#: The most points that a pair can have.
MOST_POINTS = 10

#: The unscored answers that say what a project is about, beside its title.
TELLING = ("project-summary", "public-description", "scope")


@dataclass(frozen=True, slots=True)
class Match:
    """Skill ids: ``had`` and ``near`` of what is asked for, and the points they come to."""

    points: int
    had: tuple[int, ...]
    near: tuple[int, ...]


def match(asked: Collection[Skill], skills: Collection[Skill]) -> Match:
    """Return how well these skills answer what is asked: from 0 to MOST_POINTS, rounded down.

    Worked: of three skills asked for somebody has one, and a neighbour of another:
    10 x (2 + 1) / (2 x 3) = 5 points. Where nothing is asked for, all match alike, with none.
    """
    areas = {skill.area for skill in skills}
    had = tuple(skill.pk for skill in asked if skill in skills)
    near = tuple(skill.pk for skill in asked if skill.pk not in had and skill.area in areas)
    most = HAD * len(asked)
    points = MOST_POINTS * (HAD * len(had) + NEAR * len(near)) // most if most else 0
    return Match(points, had, near)


def asked_for(applications: Iterable[int]) -> dict[int, list[Skill]]:
    """Return what each of these applications asks for, by its id, in one query."""
    asked: dict[int, list[Skill]] = {pk: [] for pk in applications}
    rows = ApplicationSkill.objects.filter(application__in=asked).select_related("skill")
    for row in rows.order_by("skill__name"):
        asked[row.application_id].append(row.skill)
    return asked


def note(applications: Iterable[int]) -> None:
    """Keep, for those of which nothing is kept yet, the offered skills that their texts name."""
    known = ApplicationSkill.objects.filter(application__in=applications).values("application")
    fresh = Application.objects.filter(pk__in=applications).exclude(pk__in=known)
    phrases = {
        skill.pk: phrase
        for skill in Skill.objects.filter(is_offered=True)
        if (phrase := _in_plain_words(skill.name))
    }
    rows = [
        ApplicationSkill(application_id=pk, skill_id=skill)
        for pk, text in _texts(fresh).items()
        for skill in _named(text, phrases)
    ]
    ApplicationSkill.objects.bulk_create(rows, ignore_conflicts=True)


def _texts(applications) -> dict[int, str]:
    texts = dict(applications.values_list("pk", "title"))
    answers = Answer.objects.filter(application__in=texts, question__key__in=TELLING)
    for pk, text in answers.values_list("application", "text"):
        texts[pk] += f"\n{text}"
    return texts


def _named(text: str, phrases: Mapping[int, str]) -> list[int]:
    plain = f" {_in_plain_words(text)} "
    return [skill for skill, phrase in phrases.items() if f" {phrase} " in plain]


def _in_plain_words(text: str) -> str:
    """Small letters, single spaces, and each word without its plural: Batteries are a battery."""
    return " ".join(_singular(word) for word in re.findall(r"\w+", text.casefold()))


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word
