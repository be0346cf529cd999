"""The gateways of this installation."""

from collections.abc import Sequence

from django.conf import settings
from django.utils.functional import Promise

from settlements.payouts.gateways.manual import ManualGateway
from settlements.payouts.gateways.protocol import Gateway
from settlements.payouts.gateways.sandbox import SandboxGateway


def gateway_named(name: str) -> Gateway | None:
    """The gateway that rows call so, when it is set up."""
    return next((gateway for gateway in _gateways() if gateway.name == name), None)


def gateway_choices() -> list[tuple[str, str | Promise]]:
    """What people choose from, the default first."""
    return [(gateway.name, gateway.label) for gateway in _gateways()]


def _gateways() -> Sequence[Gateway]:
    return [ManualGateway(), *([SandboxGateway()] if settings.PAYOUT_SANDBOX_URL else [])]
