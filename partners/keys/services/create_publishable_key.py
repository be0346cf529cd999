"""A key that may stand in the source of a web page."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import InvalidInputError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.keys.domain import MOST_ORIGINS, KeyKind, PublishableScope, normal_origin
from partners.keys.services.create_api_key import CreatedApiKey, check_frame, keep_key
from partners.models import ApiKey


@dataclass(frozen=True, slots=True)
class NewPublishableKey:
    """What the key is for, what it opens, and the origins of the pages it works on."""

    name: str
    scopes: frozenset[PublishableScope]
    origins: tuple[str, ...]
    expires_at: datetime | None = None


class OriginInvalidError(InvalidInputError):
    """Not an origin."""

    code = "origin_invalid"
    sentence = _("Write each origin as https://shop.example, without a path; http only for this machine.")


class OriginsMissingError(InvalidInputError):
    """A publishable key is bound to pages."""

    code = "origins_missing"
    sentence = _("Name the origins of your pages, at least one and at most 50.")


class ScopesMissingError(InvalidInputError):
    """A key that opens nothing."""

    code = "scopes_missing"
    sentence = _("Choose at least one thing that the key opens.")


def create_publishable_key(*, actor: Actor, key: NewPublishableKey, now: datetime) -> CreatedApiKey:
    """Create a publishable key and return it, once. It works only in requests whose `Origin` it names.

    Raises `ApiKeyNameMissingError`, `ApiKeyExpiredError`, `ScopesMissingError`, `OriginsMissingError`,
    `OriginInvalidError`, `PersonRequiredError`, `NotPermittedError`.
    """
    actor.require(Permission.API_KEY_MANAGE)
    actor.require_person()
    check_frame(key.name, key.expires_at, now)
    if not key.scopes:
        raise ScopesMissingError(field="scopes")
    created = ApiKey(
        kind=KeyKind.PUBLISHABLE,
        organization_id=actor.organization_id,
        name=key.name.strip(),
        scopes=sorted(key.scopes),
        origins=_checked_origins(key.origins),
        created_at=now,
        expires_at=key.expires_at,
    )
    with atomic():
        secret = keep_key(created)
        after = {
            "name": created.name,
            "scopes": created.scopes,
            "origins": created.origins,
            "expires_at": key.expires_at,
        }
        audit.record(actor, "api_key.publishable_created", created, now=now, after=after)
    return CreatedApiKey(created.id, secret)


def _checked_origins(origins: tuple[str, ...]) -> list[str]:
    if not 0 < len(origins) <= MOST_ORIGINS:
        raise OriginsMissingError(field="origins")
    found = [normal_origin(origin) for origin in origins]
    if None in found:
        raise OriginInvalidError(field="origins")
    return sorted({origin for origin in found if origin})
