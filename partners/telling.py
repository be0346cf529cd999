"""Telling the people of an organization by mail, each in their own language."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from alliance.kernel.events import publish
from alliance.kernel.permissions import Permission, Role, allows
from partners.events import PersonToTell
from partners.models import Member


def tell_members(*, template: str, permission: Permission, facts: Mapping[str, str], now: datetime) -> None:
    """One mail for each member of the scope's organization whose role holds `permission`; sent after the commit.

    `template` is one of `templates/partners/mail/`; `facts` are what it shows.
    """
    roles = [role for role in Role if allows(role, permission)]
    _tell(Member.objects.filter(role__in=roles), template, facts, now)


def tell_person(*, user_id: UUID, template: str, facts: Mapping[str, str], now: datetime) -> None:
    """The same to one person, as long as they are a member of the scope's organization."""
    _tell(Member.objects.filter(user_id=user_id), template, facts, now)


def _tell(members: QuerySet[Member, Member], template: str, facts: Mapping[str, str], now: datetime) -> None:
    listed = tuple(part for name, value in facts.items() for part in (name, value))
    for member in members.filter(user__is_active=True).select_related("user").order_by("pk"):
        publish(
            PersonToTell(
                template=template,
                email=member.user.email,
                language=member.user.language or settings.LANGUAGE_CODE,
                facts=listed,
            ),
            now=now,
        )
