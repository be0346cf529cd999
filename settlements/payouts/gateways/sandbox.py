"""The sandbox gateway: speaks HTTP as a bank's interface would, so that everything about it can be tried out.

Its other side is `alliance/demo/gateway.py`. Orders carry their key in `Idempotency-Key`; messages are signed after the
Standard Webhooks specification and are never more than a reason to look.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Final, Literal
from urllib.parse import quote

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ValidationError
from standardwebhooks import Webhook, WebhookVerificationError

from alliance.kernel.http.outgoing import Limits, OutgoingError, OutgoingRequest, send
from settlements.payouts.gateways.protocol import OutcomeUnknownError, PaymentOrder, Report, ReportStatus

_LIMITS: Final = Limits(connect_seconds=3, read_seconds=8, total_seconds=12)  # shorter than a payout's lease
_TAKEN: Final = frozenset({200, 201})
_REFUSED: Final = 422
_UNKNOWN: Final = 404


class _Answer(BaseModel):
    """One payment as the sandbox tells it."""

    id: str
    status: ReportStatus
    bank_reference: str = ""
    code: str = ""
    text: str = ""


class SandboxGateway:
    """Where `PAYOUT_SANDBOX_URL` leads."""

    name = "sandbox"
    label: str | Promise = _("Sandbox bank (for trying out)")
    is_by_hand = False

    def __init__(self) -> None:
        self._url = settings.PAYOUT_SANDBOX_URL.rstrip("/")
        self._headers = {
            "Authorization": f"Bearer {settings.PAYOUT_SANDBOX_KEY}",
            "Content-Type": "application/json",
        }

    def send(self, order: PaymentOrder) -> Report:
        """Hand the order over; the same key is taken once. Raises `OutcomeUnknownError`."""
        body = asdict(order)
        key = str(body.pop("key"))
        status, text = self._ask("POST", "/payments", {"Idempotency-Key": key}, json.dumps(body))
        if status in _TAKEN or status == _REFUSED:
            return _report(text)
        raise OutcomeUnknownError(f"The gateway answered {status}.")

    def look_up(self, key: str) -> Report | None:
        """What became of it; `None` when the sandbox never took it. Raises `OutcomeUnknownError`."""
        status, text = self._ask("GET", f"/payments/{quote(key)}")
        if status == _UNKNOWN:
            return None
        if status in _TAKEN:
            return _report(text)
        raise OutcomeUnknownError(f"The gateway answered {status}.")

    def _ask(
        self, method: Literal["GET", "POST"], path: str, headers: Mapping[str, str] | None = None, body: str = ""
    ) -> tuple[int, bytes]:
        request = OutgoingRequest(
            url=self._url + path,
            method=method,
            headers={**self._headers, **(headers or {})},
            body=body.encode(),
            limits=_LIMITS,
        )
        try:
            answer = send(request)
        except OutgoingError as error:
            raise OutcomeUnknownError(error.code) from error
        return answer.status, answer.body


def heard_key(headers: Mapping[str, str], body: bytes) -> str | None:
    """The key of the order that a signed message speaks of; `None` for a message that is not the gateway's, or too old."""
    if not settings.PAYOUT_SANDBOX_SECRET:
        return None
    try:
        said = Webhook(settings.PAYOUT_SANDBOX_SECRET).verify(body, dict(headers))
    except (WebhookVerificationError, ValueError):
        return None
    key = said.get("key") if isinstance(said, dict) else None
    return key if isinstance(key, str) else None


def _report(text: bytes) -> Report:
    try:
        answer = _Answer.model_validate_json(text)
    except ValidationError as error:
        raise OutcomeUnknownError("The gateway's answer is unreadable.") from error
    return Report(answer.status, answer.id, answer.bank_reference, answer.code, answer.text)
