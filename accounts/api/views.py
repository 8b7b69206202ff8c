from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.filters import refuse_unknown
from accounts.api.serializers import PersonSerializer
from accounts.models import User


class Me(APIView):
    """Whom the API takes you for: your name, roles and organisations."""

    serializer_class = PersonSerializer

    def get(self, request):
        refuse_unknown(request.query_params, ())
        person = User.objects.prefetch_related("holdings", "memberships__organisation").get(
            pk=request.user.pk
        )
        return Response(PersonSerializer(person).data)
