from django.db.models import Prefetch
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.api.one_effect import one_effect
from accounts.views.arrival import arrived_at
from funding import duties
from funding.api.allocations import decision
from funding.api.filters import AwardFilters, BudgetFilters
from funding.api.offer_serializers import MakeOfferSerializer, OfferSerializer
from funding.api.offers import offers
from funding.api.serializers import AwardSerializer, BudgetSerializer
from funding.models import Award, AwardShare, Budget, MfaRecord
from funding.offers import making


class AwardViewSet(ReadOnlyModelViewSet):
    """Awards: all for staff; your organisations' own once the decision is released."""

    queryset = Award.objects.none()
    serializer_class = AwardSerializer
    filterset_class = AwardFilters
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self):
        person = self.request.user
        records = MfaRecord.objects.visible_to(person).standing()
        shares = (
            AwardShare.objects.select_related("participant")
            .prefetch_related(Prefetch("mfa_records", records, to_attr="standing_records"))
            .order_by("-participant__is_lead", "pk")
        )
        return (
            Award.objects.visible_to(person)
            .select_related("application__competition")
            .prefetch_related(Prefetch("shares", shares))
        )

    @decision(duties.OFFER, MakeOfferSerializer)
    @one_effect("make grant offer")
    def offer(self, request, award):
        """Offer the award to those who applied, once its decision is released. It answers the offer."""
        at, sent = arrived_at(request), MakeOfferSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        made = making.make(award, **sent.validated_data, by=request.user, at=at)
        return Response(OfferSerializer(offers().get(pk=made.pk)).data)

    def acts_on(self) -> Award:
        return self.get_object()

    def get_serializer_class(self):
        """Making an offer answers the offer, and is described so."""
        return OfferSerializer if self.action == "offer" else AwardSerializer


class BudgetViewSet(ReadOnlyModelViewSet):
    """Budgets and what stands where in them: for those who read the programme's money."""

    queryset = Budget.objects.none()
    serializer_class = BudgetSerializer
    filterset_class = BudgetFilters
    lookup_field = "code"
    lookup_value_regex = "[A-Za-z0-9._&-]{1,40}"

    def get_queryset(self):
        return Budget.objects.visible_to(self.request.user).select_related("region")
