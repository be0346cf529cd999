"""Where gateways send their messages."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from alliance.kernel.clock import utc_now
from settlements.payouts.gateways import gateway_named
from settlements.payouts.gateways.sandbox import SandboxGateway, heard_key
from settlements.payouts.services.hear_gateway import hear_gateway

_LONGEST = 64 * 1024


@csrf_exempt
@require_POST
def gateway_events(request: HttpRequest, gateway: str) -> HttpResponse:
    """204 for a signed message, whatever it says and however often; 400 for one that is not the gateway's; 404 for no gateway.

    A message only makes a worker ask the gateway; nothing that it says is believed.
    """
    if not isinstance(gateway_named(gateway), SandboxGateway):
        raise Http404
    if int(request.headers.get("Content-Length") or 0) > _LONGEST:
        return HttpResponse(status=413)
    key = heard_key({name.lower(): value for name, value in request.headers.items()}, request.body)
    if key is None:
        return HttpResponse(status=400)
    hear_gateway(key=key, now=utc_now())
    return HttpResponse(status=204)
