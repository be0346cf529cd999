"""A secret key for the server API."""

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
from partners.keys.domain import KeyKind, key_hash, new_key
from partners.models import ApiKey

GRANTABLE: Final = frozenset(
    {
        Permission.AGREEMENT_READ,
        Permission.ALLIANCE_READ,
        Permission.APPLICATION_REVIEW,
        Permission.APPLICATION_SUBMIT,
        Permission.AUDIT_READ,
        Permission.EXCHANGE_RATE_IMPORT,
        Permission.BANK_RECONCILE,
        Permission.EXPORT_CREATE,
        Permission.HOME_READ,
        Permission.INVOICE_MANAGE,
        Permission.ITEM_READ,
        Permission.ITEM_WRITE,
        Permission.LEDGER_READ,
        Permission.ORDER_IMPORT,
        Permission.ORDER_READ,
        Permission.PAYOUT_PREPARE,
        Permission.PERIOD_CLOSE,
        Permission.REVENUE_REPORT,
        Permission.STATEMENT_ANSWER,
        Permission.STATEMENT_READ,
        Permission.TAX_MANAGE,
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
    """Create a secret key and return it, once. Only the SHA-256, the beginning and the last four characters are kept.

    Raises `ApiKeyNameMissingError`, `ApiKeyWithoutPermissionError`, `ApiKeyExpiredError`, `PermissionNotYoursError`,
    `PersonRequiredError`, `NotPermittedError`.
    """
    actor.require(Permission.API_KEY_MANAGE)
    actor.require_person()
    _check(actor, key, now)
    created = ApiKey(
        kind=KeyKind.SECRET,
        organization_id=actor.organization_id,
        name=key.name.strip(),
        permissions=sorted(key.permissions),
        created_at=now,
        expires_at=key.expires_at,
    )
    with atomic():
        secret = keep_key(created)
        after = {"name": created.name, "permissions": list(created.permissions), "expires_at": key.expires_at}
        audit.record(actor, "api_key.created", created, now=now, after=after)
    return CreatedApiKey(created.id, secret)


def keep_key(row: ApiKey) -> str:
    """Insert the row of a new key of its kind and return the key. The caller has checked and records it."""
    secret = new_key(KeyKind(row.kind))
    row.sha256, row.prefix, row.last_four = key_hash(secret), secret[:7], secret[-4:]
    row.save(force_insert=True)
    return secret


def check_frame(name: str, expires_at: datetime | None, now: datetime) -> None:
    """What every key has: a purpose, and an end that is not over. Raises `ApiKeyNameMissingError`, `ApiKeyExpiredError`."""
    if not name.strip():
        raise ApiKeyNameMissingError(field="name")
    if expires_at is not None and expires_at <= now:
        raise ApiKeyExpiredError(field="expires_at")


def _check(actor: Actor, key: NewApiKey, now: datetime) -> None:
    check_frame(key.name, key.expires_at, now)
    if not key.permissions:
        raise ApiKeyWithoutPermissionError(field="permissions")
    if not key.permissions <= GRANTABLE & actor.permissions:
        raise PermissionNotYoursError(field="permissions")
