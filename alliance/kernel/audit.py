"""The audit trail: one row for each act, written by the service that acts, in its transaction."""

import json
from collections.abc import Mapping
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from alliance.kernel.actor import Actor, ActorKind
from alliance.kernel.models import AuditEvent
from alliance.kernel.scrubbing import without_secrets
from alliance.kernel.tenancy import ScopeMissingError, current_organization_id, has_scope


def record(
    actor: Actor,
    action: str,
    target: models.Model,
    *,
    now: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Record that `actor` did `action` (`agreement.accepted`) to `target`, in the caller's transaction.

    `before` and `after` hold the changed fields; secrets among them are blanked. Rows can't be changed or
    deleted by any role the product runs as. Raises `ScopeMissingError` unless the actor's organization's scope is
    open, or for an operator the operators' view.
    """
    if not _is_in_place(actor):
        message = "An act is recorded in the scope of the actor's own organization."
        raise ScopeMissingError(message)
    AuditEvent.objects.create(
        organization_id=actor.organization_id,
        at=now,
        actor_kind=actor.kind,
        actor_id=actor.actor_id,
        actor_label=actor.label[:160],
        action=action,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        target_label=str(target)[:200],
        before=_plain(before),
        after=_plain(after),
        ip_prefix=actor.ip_prefix,
        request_id=actor.request_id,
    )


def _is_in_place(actor: Actor) -> bool:
    here = current_organization_id()
    return here == actor.organization_id or (here is None and has_scope() and actor.kind is ActorKind.OPERATOR)


def _plain(values: Mapping[str, object] | None) -> dict[str, object] | None:
    """JSON with dates, ids and decimals as text, without secrets."""
    if values is None:
        return None
    decoded: dict[str, object] = json.loads(json.dumps(without_secrets(values), cls=DjangoJSONEncoder))
    return decoded
