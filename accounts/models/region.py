from django.db import models


class Region(models.Model):
    """A part of the programme, for which a role may be held; its ceiling is a budget above."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=100)
    ons_code = models.CharField("ONS code", max_length=9)
    theme = models.CharField(max_length=100)

    def __str__(self):
        return self.name
