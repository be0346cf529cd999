"""Rate limits of the API, counted per organization."""

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from alliance.kernel.tenancy import current_organization_id


class OrganizationRateThrottle(SimpleRateThrottle):
    """One bucket for each organization; the tenant is part of the key."""

    scope = "organization"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        organization_id = current_organization_id()
        return f"throttle:{organization_id}" if organization_id else f"throttle:ip:{self.get_ident(request)}"
