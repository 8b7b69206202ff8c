from rest_framework import serializers

from accounts.api.fields import ModelSerializer
from accounts.models import Holding, Membership, User
from accounts.roles import Role


class MembershipSerializer(ModelSerializer):
    name = serializers.CharField(source="organisation.name")
    company_number = serializers.CharField(source="organisation.company_number")

    class Meta:
        model = Membership
        fields = ["name", "company_number", "may_edit"]
        read_only_fields = fields


class HoldingSerializer(ModelSerializer):
    """A role and the region it is held for; null is the whole programme."""

    role = serializers.CharField(read_only=True)
    region = serializers.CharField(source="region.code", read_only=True, allow_null=True, default=None)

    class Meta:
        model = Holding
        fields = ["role", "region"]
        read_only_fields = fields


class PersonSerializer(ModelSerializer):
    roles = serializers.SerializerMethodField(help_text="The roles held, wherever.")
    holdings = HoldingSerializer(source="held", many=True, read_only=True)
    organisations = MembershipSerializer(source="memberships", many=True, read_only=True)

    class Meta:
        model = User
        fields = ["email", "name", "roles", "holdings", "organisations"]
        read_only_fields = fields

    def get_roles(self, person) -> list[Role]:
        return sorted(person.roles)
