"""Operators in tests: a person who may enter the console, and what operators do to organizations."""

from django.test import Client

from alliance.kernel.actor import operator_actor
from alliance.kernel.clock import utc_now
from alliance.kernel.standing import OrganizationStatus
from alliance.kernel.tenancy import across_organizations, organization_scope
from partners.access.services.start_viewing import start_viewing
from partners.models import Member, User
from partners.services.change_organization_status import change_organization_status
from tests.cast import NOW, Party, person, signed_in


def operator(*, is_superuser: bool = False) -> User:
    user = person(name="Operator")
    with across_organizations(reason="a test makes an operator"):
        User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=is_superuser)
    user.refresh_from_db()
    return user


def at_console(user: User) -> Client:
    """The operator's browser, a second factor given; the person is its `user`."""
    client = signed_in(user, second_factor=True)
    client.user = user  # type: ignore[attr-defined]
    return client


def move(party: Party, status: OrganizationStatus, reason: str = "Papers are missing") -> None:
    with across_organizations(reason="a test's operator"):
        change_organization_status(
            operator_id=party.owner.pk,
            operator_label="Op",
            organization_id=party.id,
            status=status,
            reason=reason,
            now=NOW,
        )


def looking_as_owner(party: Party) -> Client:
    """An operator's browser that sees the portal through the eyes of the party's owner."""
    looking = at_console(operator())
    actor = operator_actor(user_id=looking.user.pk, organization_id=party.id, label="Operator")  # type: ignore[attr-defined]
    with organization_scope(party.id):
        member_id = Member.objects.get(user=party.owner).pk
        viewing_id = start_viewing(actor=actor, member_id=member_id, reason="A test", now=utc_now())
    session = looking.session
    session["viewing"] = str(viewing_id)
    session.save()
    return looking
