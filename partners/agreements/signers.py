"""What is known of those who sign, in words."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import ActorKind
from alliance.kernel.permissions import Role

_ROLES: Final[dict[str, Promise | str]] = {
    **{role.value: role.label for role in Role},
    ActorKind.API_KEY.value: _("API key"),
    ActorKind.OPERATOR.value: _("Operator"),
    ActorKind.SYSTEM.value: _("System"),
}
_FACTORS: Final[dict[str, Promise | str]] = {
    "": _("None known"),
    "totp": _("Authenticator app"),
    "webauthn": _("Passkey"),
    "recovery_codes": _("Recovery code"),
}


def role_name(role: str) -> Promise | str:
    """A signer's role, for people."""
    return _ROLES.get(role, role)


def second_factor_name(kind: str) -> Promise | str:
    """The kind of second factor that was given at sign-in."""
    return _FACTORS.get(kind, kind)
