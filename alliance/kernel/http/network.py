"""Where a request came from, told no more exactly than needed."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The client's address, believing only as many X-Forwarded-For hops as there are trusted proxies."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    trusted: int = settings.TRUSTED_PROXY_COUNT
    if trusted and len(hops) >= trusted:
        return hops[-trusted]
    return str(request.META.get("REMOTE_ADDR", ""))


def client_network(request: HttpRequest) -> str:
    """The /24 (IPv4) or /48 (IPv6) the client is in: enough for evidence, too little to name a person."""
    try:
        address = ip_address(client_address(request))
    except ValueError:
        return ""
    prefix = 24 if address.version == 4 else 48  # noqa: PLR2004  the IP version
    return str(ip_network(f"{address}/{prefix}", strict=False))
