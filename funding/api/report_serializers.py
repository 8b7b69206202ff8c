import json

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.fields import ModelSerializer
from funding.models import ProgrammeReport
from funding.reports.programme import PARTS


class ReportSerializer(ModelSerializer):
    """A programme report: what it covers, why it is compiled, and how far it is."""

    competition = serializers.CharField(
        source="competition.code",
        default=None,
        allow_null=True,
        read_only=True,
        help_text="Null where it is not of one alone.",
    )
    region = serializers.CharField(
        source="region.code",
        default=None,
        allow_null=True,
        read_only=True,
        help_text="Null where it is not of one region.",
    )
    parts = serializers.SerializerMethodField(help_text="How many parts it has.")

    class Meta:
        model = ProgrammeReport
        fields = [
            "id",
            "competition",
            "region",
            "of_demonstration",
            "occasion",
            "milestone",
            "state",
            "parts_done",
            "parts",
            "requested_at",
            "finished_at",
            "as_of",
            "fingerprint",
        ]
        read_only_fields = fields

    def get_parts(self, report) -> int:
        return len(PARTS)


class ReportDetailSerializer(ReportSerializer):
    """With its figures and tables, and why there are none."""

    failure = serializers.CharField(
        source="last_error", read_only=True, help_text="Why it could not be compiled, or why it waits."
    )
    figures = serializers.JSONField(
        read_only=True, help_text="The eleven figures F01 to F11; null until it is compiled."
    )
    sections = serializers.SerializerMethodField(help_text="All its tables, as the fingerprint is of them.")

    class Meta(ReportSerializer.Meta):
        fields = [*ReportSerializer.Meta.fields, "failure", "figures", "sections"]
        read_only_fields = fields

    @extend_schema_field(serializers.JSONField())
    def get_sections(self, report):
        return json.loads(report.contents) if report.contents else None
