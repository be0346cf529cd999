"""Whether a display rule can be as somebody wants it, for the services that write one."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, FieldRefusal, InvalidInputError
from partners.catalogue.category_tree import CategoryTree
from partners.catalogue.domain.items import ItemIssue
from partners.catalogue.domain.wanted_rule import WantedRule, rule_issues
from partners.catalogue.models import Item
from partners.catalogue.sentences import RULE_ISSUES
from partners.catalogue.services.ensure_visibility import NotYourAllianceError
from partners.models import AllianceMembership, Organization


class DisplayRuleRefusedError(InvalidInputError):
    """The rule can't be; `refusals` names each field with its reason."""

    code = "display_rule_refused"
    sentence = _("The rule can't be taken like this.")

    @classmethod
    def of(cls, issues: Sequence[ItemIssue]) -> "DisplayRuleRefusedError":
        """A sentence for each issue."""
        refusals = [FieldRefusal(issue.field, issue.code, RULE_ISSUES[issue.code]) for issue in issues]
        return cls(field=refusals[0].field, refusals=refusals)


class DisplayRuleTwiceError(DomainError):
    """The very rule is there already."""

    code = "display_rule_twice"
    sentence = _("There is such a rule already.")


def check_display_rule(actor: Actor, wanted: WantedRule) -> dict[str, object]:
    """The columns of a sound rule. Raises `DisplayRuleRefusedError`, `NotYourAllianceError`."""
    tree = CategoryTree.read()
    if issues := [*rule_issues(wanted), *_unknown(actor, wanted, tree)]:
        raise DisplayRuleRefusedError.of(issues)
    mine = AllianceMembership.objects.filter(organization_id=actor.organization_id)
    if wanted.alliance_id is not None and not mine.filter(alliance_id=wanted.alliance_id).exists():
        raise NotYourAllianceError(field="alliance_id")
    is_floor = wanted.floor_minor is not None
    return {
        "effect": wanted.effect.value,
        "alliance_id": wanted.alliance_id,
        "partner_id": wanted.partner_id,
        "item_id": wanted.item_id,
        "category_id": tree.id_of(wanted.category),
        "floor_minor": wanted.floor_minor,
        "currency": wanted.currency if is_floor else "",
        "holds_from": wanted.holds_from,
        "holds_until": wanted.holds_until,
        "note": wanted.note,
    }


def _unknown(actor: Actor, wanted: WantedRule, tree: CategoryTree) -> list[ItemIssue]:
    """What the rule names and the actor's organization does not have or know."""
    found = []
    if wanted.category and not tree.has_key(wanted.category):
        found.append(ItemIssue("category", "not_a_category"))
    own = Item.objects.filter(organization_id=actor.organization_id)
    if wanted.item_id is not None and not own.filter(pk=wanted.item_id).exists():
        found.append(ItemIssue("item_id", "not_an_item"))
    if wanted.partner_id is not None and not _is_known(actor, wanted.partner_id):
        found.append(ItemIssue("partner_id", "not_a_partner"))
    return found


def _is_known(actor: Actor, partner_id: UUID) -> bool:
    return partner_id != actor.organization_id and Organization.objects.filter(pk=partner_id).exists()
