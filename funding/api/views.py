from django.db.models import Prefetch
from rest_framework.viewsets import ReadOnlyModelViewSet

from funding.api.filters import AwardFilters, BudgetFilters
from funding.api.serializers import AwardSerializer, BudgetSerializer
from funding.models import Award, AwardShare, Budget


class AwardViewSet(ReadOnlyModelViewSet):
    """Awards: all for staff; your organisations' own once the decision is released."""

    queryset = Award.objects.none()
    serializer_class = AwardSerializer
    filterset_class = AwardFilters
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self):
        shares = AwardShare.objects.select_related("participant").order_by("-participant__is_lead", "pk")
        return (
            Award.objects.visible_to(self.request.user)
            .select_related("application__competition")
            .prefetch_related(Prefetch("shares", shares))
        )


class BudgetViewSet(ReadOnlyModelViewSet):
    """Budgets and what stands where in them: for those who read the programme's money."""

    queryset = Budget.objects.none()
    serializer_class = BudgetSerializer
    filterset_class = BudgetFilters
    lookup_field = "code"
    lookup_value_regex = "[A-Za-z0-9._&-]{1,40}"

    def get_queryset(self):
        return Budget.objects.visible_to(self.request.user).select_related("region")
