"""Endpoints of the cast, and the rows of what was sent to them."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from standardwebhooks import Webhook

from alliance.kernel.ids import new_id
from alliance.kernel.tenancy import organization_scope
from partners.webhook_types import PartnerJoinedData
from partners.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from partners.webhooks.services.claim_due import Claim
from partners.webhooks.services.create_endpoint import EndpointSettings, create_endpoint
from partners.webhooks.services.tell_endpoints import tell_endpoints
from partners.webhooks.types import Told
from tests.cast import NOW, Party

PUBLIC = "https://hooks.example/in"


@dataclass(frozen=True)
class EndpointOf:
    """An endpoint of `party`, and its signing secret."""

    id: UUID
    party: Party
    secret: str

    def row(self) -> WebhookEndpoint:
        with organization_scope(self.party.id):
            return WebhookEndpoint.objects.get(pk=self.id)

    def deliveries(self) -> list[WebhookDelivery]:
        """Oldest first, with their messages."""
        with organization_scope(self.party.id):
            rows = WebhookDelivery.objects.filter(endpoint_id=self.id).select_related("message")
            return list(rows.order_by("id"))

    def attempts(self) -> list[WebhookAttempt]:
        with organization_scope(self.party.id):
            return list(WebhookAttempt.objects.filter(delivery__endpoint_id=self.id).order_by("id"))

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(delivery.message.body) for delivery in self.deliveries()]

    def change(self, **values: object) -> None:
        """Bring the row to a state that takes days to reach."""
        with organization_scope(self.party.id):
            WebhookEndpoint.objects.filter(pk=self.id).update(**values)

    def make_due(self) -> None:
        """As if the pauses were over."""
        self.change(rests_until=None)
        with organization_scope(self.party.id):
            WebhookDelivery.objects.filter(endpoint_id=self.id, state="pending").update(next_attempt_at=NOW)

    def claim(self, delivery: WebhookDelivery) -> Claim:
        """The claim that a sender would have on this delivery."""
        token = new_id()
        self.change(busy_token=token)
        row = self.row()
        return Claim(
            token=token,
            delivery_id=delivery.pk,
            endpoint_id=self.id,
            organization_id=self.party.id,
            message_id=delivery.message_id,
            body=delivery.message.body,
            url=row.url,
            sealed_secret=row.sealed_secret,
            sealed_previous_secret=row.sealed_previous_secret,
            previous_secret_until=row.previous_secret_until,
        )


def endpoint_of(
    party: Party, url: str = PUBLIC, *, types: tuple[str, ...] = ("partner.joined",), now: datetime = NOW
) -> EndpointOf:
    """An endpoint that is switched on; its name leads to a public address unless the URL names one itself."""
    wanted = EndpointSettings(url=url, types=types)
    with organization_scope(party.id):
        created = create_endpoint(
            actor=party.system, wanted=wanted, now=now, resolve=lambda _name, _port: ["93.184.215.14"]
        )
    return EndpointOf(created.id, party, created.secret)


def tell(party: Party, *, times: int = 1, now: datetime = NOW) -> int:
    """Tell `party` of some partner that joined; how many deliveries were written."""
    told = [Told(party.id, PartnerJoinedData(alliance_id=new_id(), organization_id=new_id())) for _ in range(times)]
    with organization_scope(party.id):
        return tell_endpoints(type_name="partner.joined", tell=lambda _listening: told, now=now)


def verified(request: bytes, secret: str) -> dict[str, Any]:
    """The content of a raw request, checked by the specification's own library."""
    head, _, body = request.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")[1:]
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return Webhook(secret).verify(body, headers)
