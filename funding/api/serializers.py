from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.fields import ModelSerializer
from applications.workflow import Status
from funding.models import (
    Allocation,
    AllocationLine,
    Award,
    AwardShare,
    Budget,
    MfaState,
    Release,
    Verdict,
)

#: A record that was asked again is not told: the one that stands in its place is.
STANDING = [one for one in MfaState.choices if one[0] != MfaState.SUPERSEDED]


class AwardShareSerializer(ModelSerializer):
    organisation = serializers.CharField(source="participant.name", read_only=True)
    company_number = serializers.CharField(source="participant.company_number", read_only=True)
    mfa_state = serializers.SerializerMethodField()

    class Meta:
        model = AwardShare
        fields = ["organisation", "company_number", "grant", "percentage", "subsidy_basis", "mfa_state"]
        read_only_fields = fields

    @extend_schema_field(
        serializers.ChoiceField(
            choices=STANDING,
            allow_null=True,
            help_text="Where its Minimal Financial Assistance stands; null where the share is none, nobody "
            "was asked yet, or it is another organisation's to know.",
        )
    )
    def get_mfa_state(self, share):
        return next((record.state for record in share.standing_records), None)


class AwardSerializer(ModelSerializer):
    """An award and each organisation's share of it; the shares add up to the amount."""

    application = serializers.CharField(source="application.reference", read_only=True)
    competition = serializers.CharField(source="application.competition.code", read_only=True)
    shares = AwardShareSerializer(many=True, read_only=True)

    class Meta:
        model = Award
        fields = ["id", "application", "competition", "amount", "status", "made_at", "shares"]
        read_only_fields = fields


class BudgetSerializer(ModelSerializer):
    """A budget: its four places add up to the ceiling, and allocated is all but the available."""

    region = serializers.CharField(source="region.code", read_only=True, allow_null=True, default=None)
    allocated = serializers.DecimalField(max_digits=14, decimal_places=2, read_only=True)

    class Meta:
        model = Budget
        fields = [
            "code",
            "name",
            "kind",
            "region",
            "ceiling",
            "available",
            "reserved",
            "committed",
            "paid",
            "allocated",
        ]
        read_only_fields = fields


class AllocationSerializer(ModelSerializer):
    """A proposal which applications to fund, and what became of it."""

    competitions = serializers.SlugRelatedField("code", many=True, read_only=True)

    class Meta:
        model = Allocation
        fields = ["id", "competitions", "state", "proposed_at", "decided_at", "reason", "released_at"]
        read_only_fields = fields


class ReleaseSerializer(ModelSerializer):
    """Outcomes that wait to be shown and sent, or have been; until ``goes_at`` they can be recalled."""

    class Meta:
        model = Release
        fields = ["state", "started_at", "goes_at", "ended_at", "reason"]
        read_only_fields = fields


class AllocationLineSerializer(ModelSerializer):
    """A line, with what was decided of it last; a state of "in assessment" waits for its verdict."""

    application = serializers.CharField(source="application.reference", read_only=True)
    state = serializers.ChoiceField(source="application.status", choices=Status.choices, read_only=True)
    verdict = serializers.ChoiceField(
        source="last_verdict", choices=Verdict.choices, read_only=True, allow_null=True
    )
    reason = serializers.CharField(source="last_reason", read_only=True, allow_null=True)
    decided_at = serializers.DateTimeField(source="last_decided_at", read_only=True, allow_null=True)
    mfa_state = serializers.ChoiceField(
        choices=STANDING,
        read_only=True,
        allow_null=True,
        help_text="Where the Minimal Financial Assistance of its award stands, the least far of its shares; "
        "null where there is none or nobody was asked yet.",
    )

    class Meta:
        model = AllocationLine
        fields = [
            "id",
            "position",
            "application",
            "score",
            "spread",
            "fund_votes",
            "amount",
            "awarded",
            "outcome",
            "state",
            "verdict",
            "reason",
            "decided_at",
            "mfa_state",
        ]
        read_only_fields = fields


class AllocationDetailSerializer(AllocationSerializer):
    """A proposal with its lines, in the order of the panel sheet."""

    lines = serializers.SerializerMethodField()
    releases = ReleaseSerializer(many=True, read_only=True)

    class Meta(AllocationSerializer.Meta):
        fields = [*AllocationSerializer.Meta.fields, "lines", "releases"]
        read_only_fields = fields

    @extend_schema_field(AllocationLineSerializer(many=True))
    def get_lines(self, allocation):
        lines = sorted(allocation.lines.all(), key=lambda line: line.position)
        return AllocationLineSerializer(lines, many=True).data


class ReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000, help_text="Why it is refused.")


class VerdictSerializer(serializers.Serializer):
    verdict = serializers.ChoiceField(
        choices=[one for one in Verdict.choices if one[0] != Verdict.TAKEN_BACK],
        help_text="What is decided of this line.",
    )
    reason = serializers.CharField(
        max_length=2000,
        required=False,
        default="",
        allow_blank=True,
        help_text="Why: needed for hold and reserve, and where it is not what was recommended.",
    )


class TakeBackSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000, help_text="Why the decision is taken back.")
