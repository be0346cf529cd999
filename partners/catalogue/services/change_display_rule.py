"""Make a display rule say something else."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotFoundError
from alliance.kernel.events import publish
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.catalogue.domain.wanted_rule import WantedRule
from partners.catalogue.events import DisplayRulesChanged
from partners.catalogue.models import DisplayRule
from partners.catalogue.services.check_display_rule import DisplayRuleTwiceError, check_display_rule


def change_display_rule(*, actor: Actor, display_rule_id: UUID, wanted: WantedRule, now: datetime) -> None:
    """Replace what the actor's rule says; what is the same already writes nothing.

    Raises `NotPermittedError`, `NotFoundError`, `DisplayRuleRefusedError`, `NotYourAllianceError`,
    `DisplayRuleTwiceError`.
    """
    actor.require(Permission.ITEM_WRITE)
    columns = check_display_rule(actor, wanted)
    with atomic():
        rule = DisplayRule.objects.select_for_update().filter(pk=display_rule_id).first()
        if rule is None:
            raise NotFoundError
        before = {name: getattr(rule, name) for name in columns}
        changed = [name for name in columns if columns[name] != before[name]]
        if not changed:
            return
        try:
            with atomic():
                DisplayRule.objects.filter(pk=rule.pk).update(**columns, updated_at=now)
        except IntegrityError as error:
            raise DisplayRuleTwiceError from error
        audit.record(
            actor,
            "display_rule.changed",
            rule,
            now=now,
            before={name: before[name] for name in changed},
            after={name: columns[name] for name in changed},
        )
        publish(DisplayRulesChanged(owner_id=str(actor.organization_id), display_rule_id=str(rule.pk)), now=now)
