"""Where an organization stands with the installation, and what that closes at the doors, whatever the role."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import NotPermittedError

READING_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class OrganizationStatus(TextChoices):
    """Applying → active ⇄ suspended → offboarded. The database lets nothing else happen."""

    APPLYING = "applying", _("Applying")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    OFFBOARDED = "offboarded", _("Offboarded")


class OrganizationSuspendedError(NotPermittedError):
    """Members may look, nobody may change anything; keys open nothing."""

    code = "organization_suspended"
    sentence = _("This organization is suspended. Everything can be read, nothing can be changed.")


class OrganizationOffboardedError(NotPermittedError):
    """As suspended, and for good."""

    code = "organization_offboarded"
    sentence = _("This organization has left the platform. Everything can be read, nothing can be changed.")


_CLOSED: Final = {
    OrganizationStatus.SUSPENDED: OrganizationSuspendedError,
    OrganizationStatus.OFFBOARDED: OrganizationOffboardedError,
}


def require_open(standing: OrganizationStatus) -> None:
    """Refuse with `OrganizationSuspendedError` or `OrganizationOffboardedError` unless the organization may write."""
    if error := _CLOSED.get(standing):
        raise error


def require_open_for(standing: OrganizationStatus, *, method: str | None, is_key: bool = False) -> None:
    """What the doors ask before any view: people of a closed organization may still read, its keys may not even that."""
    if is_key or method not in READING_METHODS:
        require_open(standing)
