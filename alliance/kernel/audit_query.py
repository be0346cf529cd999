"""Which events of the trail somebody asks for: one question for page, API and file."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.db.models import Q, QuerySet

from alliance.kernel.models import AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """Conditions that all hold; an empty one asks nothing. `since` is included, `until` is not.

    `action` is a whole name or its beginning up to a dot (`agreement`); `actor` a part of the actor's name or its id;
    `target` a part of the object's name or its id.
    """

    action: str = ""
    actor: str = ""
    actor_kind: str = ""
    target: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def events(self) -> QuerySet[AuditEvent, AuditEvent]:
        """The events of the open scope, newest first."""
        found = AuditEvent.objects.order_by("-id")
        for condition in self._conditions():
            found = found.filter(condition)
        return found

    def to_json(self) -> dict[str, str]:
        """For a row of a job."""
        texts = {name: getattr(self, name) for name in ("action", "actor", "actor_kind", "target")}
        instants = {name: value.isoformat() for name in ("since", "until") if (value := getattr(self, name))}
        return {name: value for name, value in (texts | instants).items() if value}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """What `to_json` wrote."""
        since, until = values.get("since"), values.get("until")
        return cls(
            action=values.get("action", ""),
            actor=values.get("actor", ""),
            actor_kind=values.get("actor_kind", ""),
            target=values.get("target", ""),
            since=datetime.fromisoformat(since) if since else None,
            until=datetime.fromisoformat(until) if until else None,
        )

    def _conditions(self) -> list[Q]:
        asked = [
            (self.action, Q(action=self.action) | Q(action__startswith=f"{self.action}.")),
            (self.actor, Q(actor_label__icontains=self.actor) | _by_id("actor_id", self.actor)),
            (self.actor_kind, Q(actor_kind=self.actor_kind)),
            (self.target, Q(target_label__icontains=self.target) | Q(target_id=self.target)),
            (self.since, Q(at__gte=self.since)),
            (self.until, Q(at__lt=self.until)),
        ]
        return [condition for value, condition in asked if value]


def _by_id(column: str, text: str) -> Q:
    try:
        return Q(**{column: UUID(text)})
    except ValueError:
        return Q(pk__in=[])
