"""The demo's receiver of webhooks: what a partner's own server would do, and the endpoint that points to it."""

import json
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from standardwebhooks import Webhook, WebhookVerificationError

from alliance.demo.models import ReceivedWebhook, WebhookReceiver
from alliance.demo.world import HOST, actor_of
from alliance.kernel.tenancy import organization_scope
from partners.webhooks.selectors import endpoint_url
from partners.webhooks.services.change_endpoint import change_endpoint
from partners.webhooks.services.create_endpoint import EndpointSettings, create_endpoint
from partners.webhooks.types import webhook_type_names

DESCRIPTION: Final = "Demo receiver 示范接收端"


def ensure_receiver(*, now: datetime) -> None:
    """Have the demo host tell the receiver everything; where the demo has moved to another port, the endpoint follows.

    An endpoint that somebody removed stays removed.
    """
    address = f"{settings.SITE_URL.rstrip('/')}/demo/webhooks/"
    wanted = EndpointSettings(address, tuple(sorted(webhook_type_names())), DESCRIPTION)
    known = WebhookReceiver.objects.first()
    with organization_scope(HOST.id):
        if known is None:
            created = create_endpoint(actor=actor_of(HOST), wanted=wanted, now=now)
            WebhookReceiver.objects.create(endpoint_id=created.id, secret=created.secret)
        elif endpoint_url(known.endpoint_id) not in {"", address}:
            change_endpoint(actor=actor_of(HOST), endpoint_id=known.endpoint_id, wanted=wanted, now=now)


def receive(body: bytes, headers: dict[str, str], *, now: datetime) -> bool:
    """Whether the message is ours; if so it is kept, once for each id. Checked by the specification's own library."""
    for receiver in WebhookReceiver.objects.all():
        try:
            Webhook(receiver.secret).verify(body, headers)
        except (WebhookVerificationError, ValueError):
            continue
        ReceivedWebhook.objects.get_or_create(
            message_id=headers["webhook-id"], defaults={"body": body.decode(), "received_at": now}
        )
        return True
    return False


def shown(received: ReceivedWebhook) -> dict[str, Any]:
    """The message as the demo's page shows it."""
    content = json.loads(received.body)
    return {
        "type": content["type"],
        "received_at": received.received_at,
        "message_id": received.message_id,
        "body": json.dumps(content, indent=2, ensure_ascii=False),
    }
