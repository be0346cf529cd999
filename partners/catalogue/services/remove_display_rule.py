"""Take a display rule away."""

from datetime import datetime
from uuid import UUID

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotFoundError
from alliance.kernel.events import publish
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.catalogue.events import DisplayRulesChanged
from partners.catalogue.models import DisplayRule


def remove_display_rule(*, actor: Actor, display_rule_id: UUID, now: datetime) -> None:
    """Remove the actor's rule; the audit trail keeps what it said. Raises `NotPermittedError`, `NotFoundError`."""
    actor.require(Permission.ITEM_WRITE)
    with atomic():
        rules = DisplayRule.objects.select_for_update(of=("self",)).select_related("category")
        rule = rules.filter(pk=display_rule_id).first()
        if rule is None:
            raise NotFoundError
        said = rule.said()
        before = {name: getattr(said, name) for name in said.__dataclass_fields__}
        audit.record(actor, "display_rule.removed", rule, now=now, before=before)
        DisplayRule.objects.filter(pk=rule.pk).delete()
        publish(DisplayRulesChanged(owner_id=str(actor.organization_id), display_rule_id=str(display_rule_id)), now=now)
