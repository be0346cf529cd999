"""Say who may show an item, or who may not."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.events import publish
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.catalogue.domain.wanted_rule import WantedRule
from partners.catalogue.events import DisplayRulesChanged
from partners.catalogue.models import DisplayRule
from partners.catalogue.services.check_display_rule import DisplayRuleTwiceError, check_display_rule


def add_display_rule(*, actor: Actor, wanted: WantedRule, now: datetime) -> UUID:
    """Add a rule of the actor's organization; returns its id. It holds at once, or from `holds_from`.

    Raises `NotPermittedError`, `DisplayRuleRefusedError`, `NotYourAllianceError`, `DisplayRuleTwiceError`.
    """
    actor.require(Permission.ITEM_WRITE)
    columns = check_display_rule(actor, wanted)
    with atomic():
        rule = DisplayRule(
            organization_id=actor.organization_id,
            created_by=actor.label[:160],
            created_at=now,
            updated_at=now,
            **columns,
        )
        try:
            with atomic():
                rule.save(force_insert=True)
        except IntegrityError as error:
            raise DisplayRuleTwiceError from error
        audit.record(actor, "display_rule.added", rule, now=now, after=columns)
        publish(DisplayRulesChanged(owner_id=str(actor.organization_id), display_rule_id=str(rule.pk)), now=now)
    return rule.pk
