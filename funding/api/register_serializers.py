from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.fields import ModelSerializer
from funding.models import InformationRequest


class InformationRequestSerializer(ModelSerializer):
    """A question from outside, when it is due, and the report that its answer is from."""

    competition = serializers.CharField(
        source="competition.code",
        default=None,
        allow_null=True,
        read_only=True,
        help_text="Null where it is not about one alone.",
    )
    region = serializers.CharField(
        source="region.code",
        default=None,
        allow_null=True,
        read_only=True,
        help_text="Null where it is not about one region.",
    )
    report = serializers.IntegerField(
        source="report_id",
        allow_null=True,
        read_only=True,
        help_text="The id of the programme report that it is answered from; null where there is none.",
    )
    earlier = serializers.IntegerField(
        source="earlier_id",
        allow_null=True,
        read_only=True,
        help_text="The request that it asks again; null where it is the first.",
    )

    class Meta:
        model = InformationRequest
        fields = [
            "id",
            "kind",
            "asker",
            "file_reference",
            "question",
            "competition",
            "region",
            "of_demonstration",
            "state",
            "received_on",
            "due_on",
            "answered_at",
            "report",
            "earlier",
        ]
        read_only_fields = fields


class InformationRequestDetailSerializer(InformationRequestSerializer):
    """With its answer, the tables of the report that it quotes, and the exemptions relied on."""

    tables = serializers.SerializerMethodField(help_text="Names of tables in the report.")
    exemptions = serializers.SerializerMethodField(
        help_text="A note by the number of each section of the Freedom of Information Act 2000."
    )

    class Meta(InformationRequestSerializer.Meta):
        fields = [*InformationRequestSerializer.Meta.fields, "answer", "tables", "exemptions"]
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_tables(self, request) -> list[str]:
        return request.tables

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_exemptions(self, request) -> dict[str, str]:
        return request.exemptions
