from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from accounts import tokens
from accounts.views.arrival import arrived_at


class BearerToken(BaseAuthentication):
    """``Authorization: Bearer <token>``: another system asks as the person who holds the token."""

    keyword = "Bearer"

    def authenticate(self, request):
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        if len(parts) != 2 or not parts[1].isascii():
            raise AuthenticationFailed("Send one token: Authorization: Bearer <token>.")
        person = tokens.holder_of(parts[1].decode("ascii"), at=arrived_at(request))
        if person is None:
            raise AuthenticationFailed("This token is not known here, or is no longer in use.")
        return person, None

    def authenticate_header(self, request):
        return f'{self.keyword} realm="api"'


class BearerTokenScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI schema describes the above. Registered by being defined."""

    target_class = BearerToken
    name = "token"

    def get_security_definition(self, auto_schema):
        return build_bearer_security_scheme_object(header_name="Authorization", token_prefix="Bearer")
