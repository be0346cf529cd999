"""What the person behind a session has proved in it. allauth keeps the record; it ends with the session."""

from typing import Any, Final
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from partners.models import User

SINGLE_SIGN_ON: Final = "single_sign_on"


def has_second_factor(user_id: UUID) -> bool:
    """Whether the person has set up an authenticator app or a passkey."""
    return bool(second_factors_of([user_id]))


def second_factors_of(user_ids: list[UUID]) -> frozenset[UUID]:
    """Those of the people who have set up an authenticator app or a passkey."""
    factors = Authenticator.objects.filter(user_id__in=user_ids).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return frozenset(factors.values_list("user_id", flat=True))


def has_given_second_factor(request: HttpRequest) -> bool:
    """Whether a second factor that the person still has was given in this session."""
    used = [record["id"] for record in _records(request) if record["method"] == "mfa" and "id" in record]
    return bool(used) and Authenticator.objects.filter(user_id=request.user.pk, pk__in=used).exists()


def given_second_factor(request: HttpRequest) -> str:
    """The kind of the second factor given last in this session: `totp`, `webauthn` or `recovery_codes`; else empty."""
    kinds = [str(record.get("type", "")) for record in _records(request) if record["method"] == "mfa"]
    return kinds[-1] if kinds else ""


def record_second_factor(request: HttpRequest, user: User, authenticator: Authenticator) -> None:
    """Note that the person has just set up `authenticator`, which takes having it in hand."""
    record_authentication(request, user, "mfa", id=authenticator.pk, type=str(authenticator.type), reauthenticated=True)


def record_single_sign_on(request: HttpRequest, user: User, organization_id: UUID) -> None:
    """Note that the organization's identity provider has just vouched for the person."""
    record_authentication(request, user, SINGLE_SIGN_ON, organization=str(organization_id))


def vouching_organizations(request: HttpRequest, user: User | None = None) -> frozenset[UUID]:
    """The organizations whose identity provider vouched in this session for the person, or for `user` who is signing in."""
    records = get_authentication_records(request, user) if user else _records(request)
    return frozenset(UUID(r["organization"]) for r in records if r["method"] == SINGLE_SIGN_ON)


def is_own_sign_in(request: HttpRequest) -> bool:
    """Whether the person signed in by something of their own, and not only by the word of an organization."""
    records = _records(request)
    is_vouched = any(record["method"] == SINGLE_SIGN_ON for record in records)
    return not is_vouched or any(record["method"] == "password" or record.get("passwordless") for record in records)


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    user = request.user
    return list(get_authentication_records(request, user)) if user.is_authenticated else []
