"""Secrets and signatures of the Standard Webhooks specification (symmetric, `v1`)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

PREFIX: Final = "whsec_"
_SECRET_BYTES: Final = 32


def new_secret() -> str:
    """A new signing secret: `whsec_` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def secret_purpose(endpoint_id: UUID) -> str:
    """What the secret of an endpoint is sealed for."""
    return f"partners.webhook_endpoint.secret:{endpoint_id}"


def message_name(message_id: UUID) -> str:
    """`webhook-id`: the same for every attempt, so that a receiver may recognise a message it has had."""
    return f"msg_{message_id.hex}"


def signed_headers(*, message_id: UUID, body: str, keys: Iterable[str], at: datetime) -> dict[str, str]:
    """The three headers of the specification. With several live secrets there is a signature by each."""
    name, timestamp = message_name(message_id), str(int(at.timestamp()))
    content = f"{name}.{timestamp}.{body}".encode()
    return {
        "webhook-id": name,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_signature(key, content) for key in keys),
    }


def _signature(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
