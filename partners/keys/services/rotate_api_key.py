"""A key gets a successor; both work for a while."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, InvalidInputError, NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.keys.domain import LONGEST_OVERLAP
from partners.keys.services.create_api_key import CreatedApiKey, PermissionNotYoursError, keep_key
from partners.models import ApiKey


class OverlapTooLongError(InvalidInputError):
    """Old keys do not live on for ever."""

    code = "overlap_too_long"
    sentence = _("The old key may work for seven more days at most.")


class ApiKeyEndedError(DomainError):
    """A key that works no more has no successor."""

    code = "api_key_ended"
    sentence = _("This key works no more. Make a new one.")


class ApiKeyRotatedError(DomainError):
    """The key has a successor already."""

    code = "api_key_rotated"
    sentence = _("This key was replaced already. Rotate its successor.")


def rotate_api_key(*, actor: Actor, api_key_id: UUID, overlap: timedelta, now: datetime) -> CreatedApiKey:
    """Return a new key of the same kind and rights, once; the old one works for `overlap` longer, seven days at most.

    The new key lives as long as the old one was made for. Raises `NotFoundError`, `OverlapTooLongError`,
    `ApiKeyEndedError`, `ApiKeyRotatedError`, `PermissionNotYoursError`, `PersonRequiredError`, `NotPermittedError`.
    """
    actor.require(Permission.API_KEY_MANAGE)
    actor.require_person()
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise OverlapTooLongError(field="overlap")
    with atomic():
        old = _rotatable(actor, api_key_id, now)
        created = ApiKey(
            kind=old.kind,
            organization_id=old.organization_id,
            name=old.name,
            permissions=old.permissions,
            scopes=old.scopes,
            origins=old.origins,
            replaces=old,
            created_at=now,
            expires_at=now + (old.expires_at - old.created_at) if old.expires_at else None,
        )
        secret = keep_key(created)
        ends = min(now + overlap, old.expires_at or now + overlap)
        ApiKey.objects.filter(pk=old.pk).update(expires_at=ends)
        after = {"name": old.name, "replaces": str(old), "old_works_until": ends}
        audit.record(actor, "api_key.rotated", created, now=now, after=after)
    return CreatedApiKey(created.id, secret)


def _rotatable(actor: Actor, api_key_id: UUID, now: datetime) -> ApiKey:
    old = ApiKey.objects.select_for_update().filter(pk=api_key_id).first()
    if old is None:
        raise NotFoundError
    if old.successors.exists():
        raise ApiKeyRotatedError
    if old.revoked_at is not None or (old.expires_at is not None and old.expires_at <= now):
        raise ApiKeyEndedError
    if not set(old.permissions) <= actor.permissions:
        raise PermissionNotYoursError
    return old
