"""Operators in tests: a person who may enter the console, and what operators do to organizations."""

from django.test import Client

from alliance.kernel.standing import OrganizationStatus
from alliance.kernel.tenancy import across_organizations
from partners.models import User
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
