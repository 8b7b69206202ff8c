from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.fields import ModelSerializer
from funding.models import Offer, OfferAnswer
from funding.offers.answering import LONGEST_NAME, LONGEST_REASON
from funding.offers.making import DAYS, FEWEST_DAYS, LONGEST_CONDITION, MOST_CONDITIONS, MOST_DAYS


class OfferAnswerSerializer(ModelSerializer):
    """How an offer ended, and who signed."""

    class Meta:
        model = OfferAnswer
        fields = ["kind", "answered_at", "signed_name", "signed_role", "reason"]
        read_only_fields = fields


class OfferSerializer(ModelSerializer):
    """An offer of an award: its conditions, until when it stands, and how it ended."""

    award = serializers.IntegerField(source="award_id", read_only=True)
    application = serializers.CharField(source="award.application.reference", read_only=True)
    competition = serializers.CharField(source="award.application.competition.code", read_only=True)
    amount = serializers.DecimalField(source="award.amount", max_digits=14, decimal_places=2, read_only=True)
    conditions = serializers.SerializerMethodField(help_text="What has to be met, in the letter's words.")
    answer = serializers.SerializerMethodField(help_text="How it ended; null while it waits.")

    class Meta:
        model = Offer
        fields = [
            "id",
            "award",
            "application",
            "competition",
            "amount",
            "state",
            "issued_at",
            "expires_at",
            "template_version",
            "fingerprint",
            "conditions",
            "answer",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_conditions(self, offer):
        return [one.text for one in sorted(offer.conditions.all(), key=lambda one: one.position)]

    @extend_schema_field(OfferAnswerSerializer(allow_null=True))
    def get_answer(self, offer):
        answer = getattr(offer, "answer", None)
        return OfferAnswerSerializer(answer).data if answer else None


class MakeOfferSerializer(serializers.Serializer):
    conditions = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_CONDITION),
        max_length=MOST_CONDITIONS,
        required=False,
        default=list,
        help_text="What has to be met, one text each.",
    )
    days = serializers.IntegerField(
        min_value=FEWEST_DAYS, max_value=MOST_DAYS, required=False, default=DAYS, help_text="Days to answer."
    )


class SignedSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=LONGEST_NAME, help_text="The full name of who signs.")
    role = serializers.CharField(max_length=LONGEST_NAME, help_text="Their role in the lead organisation.")


class DeclineSerializer(SignedSerializer):
    reason = serializers.CharField(
        max_length=LONGEST_REASON, required=False, default="", allow_blank=True, help_text="Why, if you like."
    )


class WithdrawOfferSerializer(serializers.Serializer):
    for_good = serializers.BooleanField(
        required=False,
        default=False,
        help_text="End the award: its money returns. An approver who did not make the offer does this.",
    )
    reason = serializers.CharField(max_length=LONGEST_REASON, help_text="Why it is withdrawn.")
