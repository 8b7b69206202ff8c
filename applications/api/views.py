from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.api.errors import Unprocessable
from accounts.api.one_effect import KEY_PARAMETER, one_effect
from accounts.api.permissions import holding
from accounts.roles import Role
from accounts.views.arrival import arrived_at
from applications import submission
from applications.api.filters import COMPETITION_CODE, REFERENCE, ApplicationFilters, CompetitionFilters
from applications.api.serializers import (
    ApplicationDetailSerializer,
    ApplicationSerializer,
    CompetitionDetailSerializer,
    CompetitionSerializer,
    SubmissionSerializer,
)
from applications.models import Application, Competition, Participant


class CompetitionViewSet(ReadOnlyModelViewSet):
    """Competitions: open to everybody."""

    queryset = Competition.objects.none()
    permission_classes = (AllowAny,)
    filterset_class = CompetitionFilters
    lookup_field = "code"
    lookup_value_regex = COMPETITION_CODE

    def get_queryset(self):
        competitions = Competition.objects.visible_to(self.request.user).select_related("region")
        if self.detail:
            return competitions.select_related("question_set").prefetch_related("question_set__questions")
        return competitions

    def get_serializer_class(self):
        return CompetitionDetailSerializer if self.detail else CompetitionSerializer

    def get_serializer_context(self):
        return {**super().get_serializer_context(), "at": arrived_at(self.request)}


class ApplicationViewSet(ReadOnlyModelViewSet):
    """Applications: your organisations', those you were given to assess or, for staff, all submitted ones."""

    queryset = Application.objects.none()
    filterset_class = ApplicationFilters
    lookup_field = "reference"
    lookup_value_regex = REFERENCE

    def get_queryset(self):
        user = self.request.user
        in_order = Participant.objects.select_related("departure").order_by("-is_lead", "pk")
        return (
            Application.objects.visible_to(user)
            .with_shown_status(user)
            .with_own(user)
            .select_related("competition")
            .prefetch_related(Prefetch("participants", in_order))
        )

    def get_serializer_class(self):
        return ApplicationDetailSerializer if self.detail else ApplicationSerializer

    @extend_schema(parameters=[KEY_PARAMETER], request=SubmissionSerializer)
    @action(detail=True, methods=["post"], permission_classes=[IsAuthenticated, holding({Role.APPLICANT})])
    @one_effect("submit application")
    def submit(self, request, application):
        """Enter the application, as it stands, before the competition closes. It answers the receipt."""
        at = arrived_at(request)
        SubmissionSerializer(data=request.data).is_valid(raise_exception=True)
        try:
            submission.submit(application, by=request.user, at=at)
        except submission.NotEligible as refusal:
            raise Unprocessable([breach.message for breach in refusal.breaches]) from refusal
        return Response(self.get_serializer(self.get_queryset().get(pk=application.pk)).data)

    def acts_on(self) -> Application:
        mine = self.get_queryset().of_members_like(self.request.user)
        return get_object_or_404(mine, reference=self.kwargs["reference"])
