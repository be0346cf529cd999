"""A secret key for the server API."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import InvalidInputError, NotPermittedError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.models import ApiKey

PREFIX: Final = "sk_"
GRANTABLE: Final = frozenset(
    {
        Permission.AGREEMENT_READ,
        Permission.ALLIANCE_READ,
        Permission.EXPORT_CREATE,
        Permission.HOME_READ,
        Permission.LEDGER_READ,
        Permission.ORDER_IMPORT,
        Permission.ORDER_READ,
        Permission.PERIOD_CLOSE,
        Permission.STATEMENT_READ,
        Permission.AGREEMENT_PROPOSE,
        Permission.WEBHOOK_MANAGE,
    }
)


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """What the key is for, what it may do, and until when."""

    name: str
    permissions: frozenset[Permission]
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CreatedApiKey:
    """The key's id and its secret, which is not kept and can't be shown again."""

    id: UUID
    secret: str


class ApiKeyNameMissingError(InvalidInputError):
    """A key says what it is for."""

    code = "api_key_name_missing"
    sentence = _("Say what the key is for.")


class ApiKeyWithoutPermissionError(InvalidInputError):
    """A key that may do nothing."""

    code = "api_key_without_permission"
    sentence = _("Choose at least one thing that the key may do.")


class ApiKeyExpiredError(InvalidInputError):
    """The end lies in the past."""

    code = "api_key_expired"
    sentence = _("The end of the key lies in the past.")


class PermissionNotYoursError(NotPermittedError):
    """Nobody gives a key more than they have themselves, and some things need a person."""

    code = "permission_not_yours"
    sentence = _("A key can't do more than you can, and signing or managing people needs a person.")


def create_api_key(*, actor: Actor, key: NewApiKey, now: datetime) -> CreatedApiKey:
    """Create a key and return its secret, once. Only the SHA-256, the beginning and the last four characters are kept.

    Raises `ApiKeyNameMissingError`, `ApiKeyWithoutPermissionError`, `ApiKeyExpiredError`, `PermissionNotYoursError`,
    `NotPermittedError`.
    """
    actor.require(Permission.API_KEY_MANAGE)
    _check(actor, key, now)
    secret = PREFIX + secrets.token_urlsafe(32)
    with atomic():
        created = ApiKey.objects.create(
            organization_id=actor.organization_id,
            name=key.name.strip(),
            sha256=hashlib.sha256(secret.encode()).hexdigest(),
            prefix=secret[:7],
            last_four=secret[-4:],
            permissions=sorted(key.permissions),
            created_at=now,
            expires_at=key.expires_at,
        )
        after = {"name": created.name, "permissions": list(created.permissions), "expires_at": key.expires_at}
        audit.record(actor, "api_key.created", created, now=now, after=after)
    return CreatedApiKey(created.id, secret)


def _check(actor: Actor, key: NewApiKey, now: datetime) -> None:
    if not key.name.strip():
        raise ApiKeyNameMissingError(field="name")
    if not key.permissions:
        raise ApiKeyWithoutPermissionError(field="permissions")
    if not key.permissions <= GRANTABLE & actor.permissions:
        raise PermissionNotYoursError(field="permissions")
    if key.expires_at is not None and key.expires_at <= now:
        raise ApiKeyExpiredError(field="expires_at")
