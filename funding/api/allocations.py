"""Allocations for other systems: read, and decided by whoever may decide in the office."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.api.one_effect import KEY_PARAMETER, one_effect
from accounts.api.permissions import holding
from accounts.views.arrival import arrived_at
from funding import allocation as allocating
from funding import duties, release
from funding.api.filters import AllocationFilters
from funding.api.serializers import AllocationDetailSerializer, AllocationSerializer, ReasonSerializer
from funding.models import Allocation


def decision(roles, request=None):
    """The parts that every decision has: a POST on one allocation, for those who hold one of ``roles``."""

    def decorate(method):
        who = [IsAuthenticated, holding(roles)]
        acting = action(detail=True, methods=["post"], permission_classes=who)(method)
        return extend_schema(parameters=[KEY_PARAMETER], request=request)(acting)

    return decorate


class AllocationViewSet(ReadOnlyModelViewSet):
    """Allocations: for those who read the programme's money."""

    queryset = Allocation.objects.none()
    filterset_class = AllocationFilters
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self):
        visible = Allocation.objects.visible_to(self.request.user).prefetch_related("competitions")
        return visible.prefetch_related("lines__application") if self.detail else visible

    def get_serializer_class(self):
        return AllocationDetailSerializer if self.detail else AllocationSerializer

    @decision(duties.DECIDE)
    @one_effect("approve allocation")
    def approve(self, request, allocation):
        """Make the awards it proposes, all of them or none. Applicants see nothing before the release."""
        at = arrived_at(request)
        allocating.approve(allocation, by=request.user, at=at)
        return self._as_it_stands(allocation)

    @decision(duties.DECIDE, ReasonSerializer)
    @one_effect("refuse allocation")
    def refuse(self, request, allocation):
        """Refuse it, with a reason, so that another can be proposed."""
        at = arrived_at(request)
        sent = ReasonSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        reason = sent.validated_data["reason"]
        allocating.refuse(allocation, reason, by=request.user, at=at)
        return self._as_it_stands(allocation)

    @decision(duties.RELEASE)
    @one_effect("release outcomes")
    def release(self, request, allocation):
        """Show every applicant their decision and send it, with the assessors' feedback."""
        at = arrived_at(request)
        release.release(allocation, by=request.user, at=at)
        return self._as_it_stands(allocation)

    def acts_on(self) -> Allocation:
        return self.get_object()

    def _as_it_stands(self, allocation: Allocation) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=allocation.pk)).data)
