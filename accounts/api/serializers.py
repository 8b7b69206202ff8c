from rest_framework import serializers

from accounts.api.fields import ModelSerializer
from accounts.models import Membership, User
from accounts.roles import Role


class MembershipSerializer(ModelSerializer):
    name = serializers.CharField(source="organisation.name")
    company_number = serializers.CharField(source="organisation.company_number")

    class Meta:
        model = Membership
        fields = ["name", "company_number", "may_edit"]
        read_only_fields = fields


class PersonSerializer(ModelSerializer):
    roles = serializers.SerializerMethodField()
    organisations = MembershipSerializer(source="memberships", many=True, read_only=True)

    class Meta:
        model = User
        fields = ["email", "name", "roles", "organisations"]
        read_only_fields = fields

    def get_roles(self, person) -> list[Role]:
        return sorted(person.roles)
