"""What a person does next when a second factor is asked for: set one up, or give it once more."""

from dataclasses import dataclass
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest
from django.urls import reverse


@dataclass(frozen=True, slots=True)
class SecondFactorStep:
    """`href` leads to the page of the account where the step is taken, and from there back if possible."""

    is_set_up: bool
    href: str


def second_factor_step(request: HttpRequest) -> SecondFactorStep:
    """The next step of the signed-in person."""
    kinds = set(Authenticator.objects.filter(user_id=request.user.pk).values_list("type", flat=True))
    if not kinds:
        return SecondFactorStep(is_set_up=False, href=reverse("mfa_index"))
    is_passkey_only = Authenticator.Type.TOTP not in kinds
    page = "mfa_reauthenticate_webauthn" if is_passkey_only else "mfa_reauthenticate"
    back = request.get_full_path() if request.method == "GET" else reverse("portal:home")
    return SecondFactorStep(is_set_up=True, href=f"{reverse(page)}?{urlencode({REDIRECT_FIELD_NAME: back})}")
