from django.db.models import Prefetch
from rest_framework.permissions import AllowAny
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts import clock
from applications.api.filters import ApplicationFilters, CompetitionFilters
from applications.api.serializers import (
    ApplicationSerializer,
    CompetitionDetailSerializer,
    CompetitionSerializer,
)
from applications.models import Application, Competition, Participant


class CompetitionViewSet(ReadOnlyModelViewSet):
    """Competitions: open to everybody."""

    queryset = Competition.objects.none()
    permission_classes = (AllowAny,)
    filterset_class = CompetitionFilters
    lookup_field = "code"
    lookup_value_regex = "[A-Za-z0-9._&-]{1,30}"

    def get_queryset(self):
        competitions = Competition.objects.visible_to(self.request.user).select_related("region")
        if self.detail:
            return competitions.select_related("question_set").prefetch_related("question_set__questions")
        return competitions

    def get_serializer_class(self):
        return CompetitionDetailSerializer if self.detail else CompetitionSerializer

    def get_serializer_context(self):
        return {**super().get_serializer_context(), "at": clock.now()}


class ApplicationViewSet(ReadOnlyModelViewSet):
    """Applications: your organisations', those you were given to assess or, for staff, all submitted ones."""

    queryset = Application.objects.none()
    serializer_class = ApplicationSerializer
    filterset_class = ApplicationFilters
    lookup_field = "reference"
    lookup_value_regex = "[A-Z0-9-]{1,12}"

    def get_queryset(self):
        user = self.request.user
        in_order = Participant.objects.order_by("-is_lead", "pk")
        return (
            Application.objects.visible_to(user)
            .with_shown_status(user)
            .select_related("competition")
            .prefetch_related(Prefetch("participants", in_order))
        )
