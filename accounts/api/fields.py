from datetime import UTC

from django.db import models
from rest_framework import serializers


class MomentField(serializers.DateTimeField):
    """A moment in ISO 8601, always in UTC: ``2026-06-01T10:00:00Z``."""

    def __init__(self, **options):
        super().__init__(default_timezone=UTC, **options)


class ModelSerializer(serializers.ModelSerializer):
    """A ModelSerializer whose moments are in UTC. Sums of money are strings (a REST setting)."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: MomentField,
    }
