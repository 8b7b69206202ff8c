import uuid

import pgtrigger
from django.db import models
from django.db.models import Q

from applications import characteristics
from applications.characteristics import Characteristic
from applications.models.competition import Competition


def _answer(to: Characteristic) -> models.CharField:
    """Empty where the question was left out."""
    return models.CharField(to.title.lower(), max_length=20, choices=to.answers, blank=True, default="")


def _is_among(asked: Characteristic) -> models.CheckConstraint:
    named = ["", *(value for value, _ in asked.answers)]
    return models.CheckConstraint(
        condition=Q(**{f"{asked.name}__in": named}), name=f"equality_answer_knows_its_{asked.name}"
    )


class EqualityAnswer(models.Model):
    """What one person told of themselves: of which competition and day, and nobody's.

    Nothing leads from it to an application, an organisation or a person, nor back: the key is random,
    there is no moment and no order. ``applications.equality`` writes the rows, mixes them each night
    and, once a competition takes no more, gives all of them one day.
    """

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    competition = models.ForeignKey(Competition, models.PROTECT, related_name="+")
    day = models.DateField()
    age = _answer(characteristics.AGE)
    disability = _answer(characteristics.DISABILITY)
    neurodiversity = _answer(characteristics.NEURODIVERSITY)
    education = _answer(characteristics.EDUCATION)
    ethnicity = _answer(characteristics.ETHNICITY)
    gender = _answer(characteristics.GENDER)
    background = _answer(characteristics.BACKGROUND)

    class Meta:
        constraints = [_is_among(asked) for asked in characteristics.ALL]
        triggers = [pgtrigger.Protect(name="equality_answer_is_not_changed", operation=pgtrigger.Update)]

    def __str__(self):
        return "equality answer"
