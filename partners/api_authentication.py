"""Who calls the API: a secret key, or a signed-in member."""

from rest_framework.authentication import BaseAuthentication, SessionAuthentication


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <secret key>`."""

    def authenticate(self, request):  # type: ignore[no-untyped-def]
        return None


class MemberSessionAuthentication(SessionAuthentication):
    """The portal's own session."""
