"""Allocations for other systems: read, and decided by whoever may decide in the office."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.api.errors import Unprocessable
from accounts.api.one_effect import KEY_PARAMETER, one_effect
from accounts.api.permissions import holding
from accounts.views.arrival import arrived_at
from funding import deciding, duties, line_decisions, release
from funding.api.filters import AllocationFilters
from funding.api.serializers import (
    AllocationDetailSerializer,
    AllocationLineSerializer,
    AllocationSerializer,
    ReasonSerializer,
    TakeBackSerializer,
    VerdictSerializer,
)
from funding.models import Allocation, AllocationLine, Release, Verdict
from funding.verdicts import ReasonRefused, VerdictRefused

#: The address of one line, under that of its allocation.
LINE = "lines/(?P<line>[0-9]{1,18})"


#: The actions that answer with one line.
OF_A_LINE = frozenset({"decide", "take_back"})


def decision(roles, request=None, *, url_path: str | None = None):
    """The parts that every decision has: a POST on one allocation, for those who hold one of ``roles``."""

    def decorate(method):
        who = [IsAuthenticated, holding(roles)]
        acting = action(detail=True, methods=["post"], permission_classes=who, url_path=url_path)(method)
        return extend_schema(parameters=[KEY_PARAMETER], request=request)(acting)

    return decorate


@contextmanager
def _at_their_fields() -> Iterator[None]:
    """Tell what is wrong with the verdict or its reason under the name of the field."""
    try:
        yield
    except VerdictRefused as refusal:
        field = "reason" if isinstance(refusal, ReasonRefused) else "verdict"
        raise Unprocessable({field: [str(refusal)]}) from refusal


def _sent(kind, request) -> dict:
    sent = kind(data=request.data)
    sent.is_valid(raise_exception=True)
    return sent.validated_data


def _line_as_it_stands(line: AllocationLine) -> Response:
    return Response(AllocationLineSerializer(AllocationLine.objects.with_state().get(pk=line.pk)).data)


class AllocationViewSet(ReadOnlyModelViewSet):
    """Allocations: for those who read the programme's money."""

    queryset = Allocation.objects.none()
    filterset_class = AllocationFilters
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self):
        visible = Allocation.objects.visible_to(self.request.user).prefetch_related("competitions")
        lines = AllocationLine.objects.with_state().order_by("position")
        return visible.prefetch_related(Prefetch("lines", lines), "releases") if self.detail else visible

    def get_serializer_class(self):
        if self.action in OF_A_LINE:
            return AllocationLineSerializer
        return AllocationDetailSerializer if self.detail else AllocationSerializer

    @decision(duties.DECIDE)
    @one_effect("approve allocation")
    def approve(self, request, allocation):
        """Make the awards it proposes, all of them or none. Applicants see nothing before the release."""
        at = arrived_at(request)
        deciding.approve(allocation, by=request.user, at=at)
        return self._as_it_stands(allocation)

    @decision(duties.DECIDE, ReasonSerializer)
    @one_effect("refuse allocation")
    def refuse(self, request, allocation):
        """Refuse it, with a reason, so that another can be proposed."""
        at = arrived_at(request)
        sent = ReasonSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        reason = sent.validated_data["reason"]
        deciding.refuse(allocation, reason, by=request.user, at=at)
        return self._as_it_stands(allocation)

    @decision(duties.DECIDE)
    @one_effect("conclude allocation")
    def conclude(self, request, allocation):
        """Close the decision once every line has its verdict. Applicants see nothing before the release."""
        at = arrived_at(request)
        deciding.conclude(allocation, by=request.user, at=at)
        return self._as_it_stands(allocation)

    @decision(duties.DECIDE, VerdictSerializer, url_path=f"{LINE}/decide")
    @one_effect("decide line")
    def decide(self, request, line):
        """Give one line its verdict, and with ``fund`` its award and its money."""
        at, sent = arrived_at(request), _sent(VerdictSerializer, request)
        with _at_their_fields():
            line_decisions.decide(line, Verdict(sent["verdict"]), sent["reason"], by=request.user, at=at)
        return _line_as_it_stands(line)

    @decision(duties.DECIDE, TakeBackSerializer, url_path=f"{LINE}/take-back")
    @one_effect("take line back")
    def take_back(self, request, line):
        """Take the decision on one line back before anybody was told; its money returns to the budgets."""
        at, sent = arrived_at(request), _sent(TakeBackSerializer, request)
        with _at_their_fields():
            line_decisions.take_back(line, sent["reason"], by=request.user, at=at)
        return _line_as_it_stands(line)

    @decision(duties.RELEASE)
    @one_effect("release outcomes")
    def release(self, request, allocation):
        """Begin to show every applicant their decision and to send it, with the assessors' feedback.

        It goes when the wait is over (`releases`), and can be recalled until then.
        """
        at = arrived_at(request)
        release.release(allocation, by=request.user, at=at)
        return self._as_it_stands(allocation)

    @decision(duties.RELEASE, ReasonSerializer)
    @one_effect("recall release")
    def recall(self, request, allocation):
        """Stop a release as a whole while it waits, with a reason."""
        at, sent = arrived_at(request), _sent(ReasonSerializer, request)
        begun = Release.objects.filter(allocation=allocation).select_related("allocation").last()
        if begun is None:
            raise Http404
        release.recall(begun, sent["reason"], by=request.user, at=at)
        return self._as_it_stands(allocation)

    def acts_on(self) -> Allocation | AllocationLine:
        """The allocation of the address, or the line of it that the address names."""
        allocation = self.get_object()
        if "line" not in self.kwargs:
            return allocation
        return get_object_or_404(AllocationLine.objects.filter(allocation=allocation), pk=self.kwargs["line"])

    def _as_it_stands(self, allocation: Allocation) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=allocation.pk)).data)
