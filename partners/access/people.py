"""The people of the scope's organization, as one who may or may not manage them sees them."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import BooleanField, DateTimeField, Exists, F, OuterRef, QuerySet, Value

from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission
from partners.models import Member


def people_for(actor: Actor) -> QuerySet[Member, Any]:
    """Members with `last_signed_in_at` and `has_second_factor`, both `None` for an actor who may not manage members."""
    people = Member.objects.select_related("user")
    if not actor.can(Permission.MEMBER_MANAGE):
        return people.annotate(
            last_signed_in_at=Value(None, DateTimeField()), has_second_factor=Value(None, BooleanField())
        )
    factors = Authenticator.objects.filter(user_id=OuterRef("user_id")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return people.annotate(last_signed_in_at=F("user__last_login"), has_second_factor=Exists(factors))
