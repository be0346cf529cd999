"""The demo's logins. They carry roles for names: no invented people."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from allauth.account.models import EmailAddress

from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import atomic
from partners.models import Member, User

PASSWORD: Final = "alliance-demo-2026"  # noqa: S105  printed on the sign-in page; demo mode only


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """One login: whose it is, and what it may do there. No organization: an operator."""

    email: str
    organization: str
    role: Role | None


LOGINS: Final = (
    DemoLogin("host@demo.example", "host", Role.OWNER),
    DemoLogin("finance@demo.example", "host", Role.FINANCE),
    DemoLogin("fitness@demo.example", "fitness", Role.OWNER),
    DemoLogin("auto@demo.example", "auto", Role.OWNER),
    DemoLogin("home@demo.example", "home", Role.OWNER),
    DemoLogin("property@demo.example", "property", Role.OWNER),
    DemoLogin("viewer@demo.example", "fitness", Role.VIEWER),
    DemoLogin("books@demo.example", "books", Role.OWNER),
    DemoLogin("pets@demo.example", "pets", Role.OWNER),
    DemoLogin("operator@demo.example", "", None),
)


def ensure_person(login: DemoLogin) -> UUID:
    """The person behind a login, created once with a verified address."""
    is_operator = login.role is None
    with atomic():
        user = User.objects.filter(email=login.email).first()
        if user is None:
            user = User.objects.create_user(
                login.email,
                PASSWORD,
                full_name="Demo operator" if is_operator else f"Demo {login.organization} {login.role}",
                is_staff=is_operator,
                is_superuser=is_operator,
            )
        EmailAddress.objects.get_or_create(user=user, email=login.email, defaults={"verified": True, "primary": True})
    return user.id


def ensure_member(organization_id: UUID, user_id: UUID, role: Role) -> None:
    """The person's place in the organization whose scope is open."""
    Member.objects.get_or_create(organization_id=organization_id, user_id=user_id, defaults={"role": role})
