"""Programme reports for other systems: asked for, read, watched while they are compiled, and cancelled."""

from django.core.exceptions import PermissionDenied
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.api.errors import Unprocessable
from accounts.api.one_effect import KEY_PARAMETER, one_effect
from accounts.api.permissions import holding
from accounts.models import Region, in_regions_of
from accounts.views.arrival import arrived_at
from applications.models import Competition
from funding.api.allocations import decision
from funding.api.filters import ReportFilters
from funding.api.report_serializers import AskReportSerializer, ReportDetailSerializer, ReportSerializer
from funding.models import READERS, ProgrammeReport
from funding.reports import cancelling, programme

NOT_THERE = "There is none of this code whose figures you may ask for."


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

    def get_permissions(self):
        if self.action == "create":
            return [IsAuthenticated(), holding(READERS)()]
        return super().get_permissions()

    @extend_schema(parameters=[KEY_PARAMETER], request=AskReportSerializer, filters=False)
    @one_effect("ask for programme report")
    def create(self, request, _nothing):
        """Have a report compiled: of one competition, of one region or, naming neither, of the programme."""
        at, sent = arrived_at(request), AskReportSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        said = sent.validated_data
        competition, region = _named(request.user, said)
        try:
            report = programme.request(
                competition, region, of_demonstration=said["of_demonstration"], by=request.user, at=at
            )
        except programme.NotAReader:
            raise PermissionDenied from None
        return Response(ReportSerializer(self.get_queryset().get(pk=report.pk)).data)

    @decision(cancelling.CANCELLERS)
    @one_effect("cancel programme report")
    def cancel(self, request, report):
        """End it before it has its figures: its worker stops at the next part."""
        cancelling.cancel(report, by=request.user, at=arrived_at(request))
        return Response(self.get_serializer(self.get_queryset().get(pk=report.pk)).data)

    def acts_on(self) -> ProgrammeReport | None:
        """None where one is asked for: there is no row yet."""
        return None if self.action == "create" else self.get_object()


def _named(person, said: dict) -> tuple[Competition | None, Region | None]:
    """What the codes name, of what the person reads; another is told of like one that is nowhere."""
    competition = region = None
    if code := said["competition"]:
        competition = Competition.objects.run_by(person, READERS).filter(code=code).first()
        if competition is None:
            raise Unprocessable({"competition": [NOT_THERE]})
    if code := said["region"]:
        region = Region.objects.filter(in_regions_of(person, READERS, "pk"), code=code).first()
        if region is None:
            raise Unprocessable({"region": [NOT_THERE]})
    return competition, region
