"""The questions register for other systems: read alone."""

from rest_framework.viewsets import ReadOnlyModelViewSet

from funding.api.filters import InformationRequestFilters
from funding.api.register_serializers import InformationRequestDetailSerializer, InformationRequestSerializer
from funding.models import InformationRequest


class InformationRequestViewSet(ReadOnlyModelViewSet):
    """The questions register: for those who read the programme's money."""

    queryset = InformationRequest.objects.none()
    filterset_class = InformationRequestFilters
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self):
        visible = InformationRequest.objects.visible_to(self.request.user)
        rows = visible.select_related("competition", "region", "report")
        return rows.defer("report__contents", "report__figures")

    def get_serializer_class(self):
        return InformationRequestDetailSerializer if self.detail else InformationRequestSerializer
