"""An owner asks every member for a second factor, or no longer does."""

from datetime import datetime

from alliance.kernel import audit
from alliance.kernel.actor import Actor, SecondFactorRequiredError
from alliance.kernel.events import publish
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.access.proofs import second_factors_of
from partners.events import SecondFactorAsked
from partners.models import AccessRules, Member, Organization


def change_second_factor_rule(*, actor: Actor, is_required: bool, now: datetime) -> None:
    """Set whether the organization opens only to members who gave a second factor; it holds from their next request on.

    Members without one are told by mail. Setting what is set already changes nothing. Who asks for it gives an
    example: raises `SecondFactorRequiredError` when the actor's session lacks one, else `NotPermittedError`.
    """
    actor.require(Permission.ORGANIZATION_MANAGE)
    with atomic():
        rules = locked_rules(actor)
        if rules.requires_second_factor == is_required:
            return
        if is_required and actor.role is not None and not actor.has_second_factor:
            raise SecondFactorRequiredError
        rules.requires_second_factor = is_required
        rules.save()
        action = "organization.second_factor_required" if is_required else "organization.second_factor_optional"
        audit.record(actor, action, rules.organization, now=now, after={"requires_second_factor": is_required})
        if is_required:
            _tell_members(now)


def locked_rules(actor: Actor) -> AccessRules:
    """The rules of the actor's organization, which is locked; an unsaved row when it has none yet."""
    organization = Organization.objects.select_for_update().get(pk=actor.organization_id)
    return AccessRules.objects.filter(organization=organization).first() or AccessRules(organization=organization)


def _tell_members(now: datetime) -> None:
    """One message for each member who lacks a second factor, so that a mail that fails is not the others' business."""
    people = dict(Member.objects.values_list("user_id", "id"))
    for user_id in people.keys() - second_factors_of(list(people)):
        publish(SecondFactorAsked(member_id=str(people[user_id])), now=now)
