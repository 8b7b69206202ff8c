"""Programme reports for other systems: read, watched while they are compiled, and cancelled."""

from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.api.one_effect import one_effect
from accounts.views.arrival import arrived_at
from funding.api.allocations import decision
from funding.api.filters import ReportFilters
from funding.api.report_serializers import ReportDetailSerializer, ReportSerializer
from funding.models import ProgrammeReport
from funding.reports import cancelling


class ReportViewSet(ReadOnlyModelViewSet):
    """Programme reports: for those who read the programme's money."""

    queryset = ProgrammeReport.objects.none()
    filterset_class = ReportFilters
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self):
        visible = ProgrammeReport.objects.visible_to(self.request.user).select_related(
            "competition", "region"
        )
        return visible if self.detail else visible.defer("contents", "figures")

    def get_serializer_class(self):
        return ReportDetailSerializer if self.detail else ReportSerializer

    @decision(cancelling.CANCELLERS)
    @one_effect("cancel programme report")
    def cancel(self, request, report):
        """End it before it has its figures: its worker stops at the next part."""
        cancelling.cancel(report, by=request.user, at=arrived_at(request))
        return Response(self.get_serializer(self.get_queryset().get(pk=report.pk)).data)

    def acts_on(self) -> ProgrammeReport:
        return self.get_object()
