import json

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.errors import Unprocessable
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


class AskReportSerializer(serializers.Serializer):
    """What a report is asked for of. Naming nothing, it is the whole programme."""

    competition = serializers.CharField(
        max_length=30, allow_null=True, default=None, help_text="A competition's code."
    )
    region = serializers.CharField(max_length=10, allow_null=True, default=None, help_text="A region's code.")
    of_demonstration = serializers.BooleanField(
        default=False, help_text="Whether it is of the demonstration's part of the region or programme."
    )

    def validate(self, said):
        if said["competition"] and said["region"]:
            raise Unprocessable({"region": ["Name a competition or a region, not both."]})
        if said["competition"] and said["of_demonstration"]:
            raise Unprocessable({"of_demonstration": ["A competition is of the demonstration, or is not."]})
        return said


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
