"""What webhooks tell of themselves, in the scope of the endpoint's organization: its people get a mail."""

from dataclasses import dataclass

from alliance.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpointFailing(Event):
    """An endpoint has failed so many times in a row."""

    endpoint_id: str
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpointStopped(Event):
    """An endpoint was switched off by the system; `reason` is `gone` or `failing`."""

    endpoint_id: str
    reason: str
