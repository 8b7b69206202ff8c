"""Offers for other systems: read, and answered or taken back by whoever may in the pages."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.api.errors import Unprocessable
from accounts.api.one_effect import one_effect
from accounts.roles import Role
from accounts.views.arrival import arrived_at
from funding import duties
from funding.api.allocations import decision
from funding.api.filters import OfferFilters
from funding.api.offer_serializers import (
    DeclineSerializer,
    OfferSerializer,
    SignedSerializer,
    WithdrawOfferSerializer,
)
from funding.models import Offer, OfferCondition
from funding.offers import answering, withdrawing

#: Answered by those who applied; taken back by the office.
BY_APPLICANTS = frozenset({"accept", "decline"})


@contextmanager
def _at_their_fields() -> Iterator[None]:
    """Tell what is wrong with a name, a role or a reason under its own name."""
    try:
        yield
    except answering.NotSigned as refusal:
        raise Unprocessable({refusal.field: [str(refusal)]}) from refusal


def offers():
    """With all that an answer says of them."""
    conditions = OfferCondition.objects.order_by("position")
    rows = Offer.objects.select_related("award__application__competition", "answer").defer("letter")
    return rows.prefetch_related(Prefetch("conditions", conditions))


class OfferViewSet(ReadOnlyModelViewSet):
    """Offers: all for staff; those to your organisations."""

    queryset = Offer.objects.none()
    serializer_class = OfferSerializer
    filterset_class = OfferFilters
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self):
        return offers().visible_to(self.request.user)

    @decision({Role.APPLICANT}, SignedSerializer)
    @one_effect("accept grant offer")
    def accept(self, request, offer):
        """Accept it for the lead organisation, with the name of who signs: its money is committed."""
        at, sent = arrived_at(request), _sent(SignedSerializer, request)
        with _at_their_fields():
            answering.accept(offer, **sent, by=request.user, at=at)
        return self._as_it_stands(offer)

    @decision({Role.APPLICANT}, DeclineSerializer)
    @one_effect("decline grant offer")
    def decline(self, request, offer):
        """Decline it for the lead organisation: its money returns to the programme."""
        at, sent = arrived_at(request), _sent(DeclineSerializer, request)
        with _at_their_fields():
            answering.decline(offer, **sent, by=request.user, at=at)
        return self._as_it_stands(offer)

    @decision(duties.OFFER | duties.END_OFFER, WithdrawOfferSerializer)
    @one_effect("withdraw grant offer")
    def withdraw(self, request, offer):
        """Take it back before it is answered, with a reason that the applicants read."""
        at, sent = arrived_at(request), _sent(WithdrawOfferSerializer, request)
        with _at_their_fields():
            withdrawing.withdraw(offer, sent["reason"], for_good=sent["for_good"], by=request.user, at=at)
        return self._as_it_stands(offer)

    def acts_on(self) -> Offer:
        """Of their own organisations for who answers, whatever else they may see."""
        if self.action not in BY_APPLICANTS:
            return self.get_object()
        mine = self.get_queryset().of_members_like(self.request.user)
        return get_object_or_404(mine, pk=self.kwargs["pk"])

    def _as_it_stands(self, offer: Offer) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=offer.pk)).data)


def _sent(kind, request) -> dict:
    sent = kind(data=request.data)
    sent.is_valid(raise_exception=True)
    return sent.validated_data
