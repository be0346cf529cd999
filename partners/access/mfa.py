"""allauth's second factors with this product's rules: secrets sealed at rest, passkeys named and explained."""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from alliance.kernel.sealing import is_sealed, seal, unseal
from partners.access.domain import device_of
from partners.models import User

_PURPOSE = "mfa"  # allauth does not say whose secret it is
_PRODUCT = "Partner Alliance"


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """The secrets of authenticator apps and recovery codes are encrypted; those of earlier versions are read as they are."""

    def encrypt(self, text: str) -> str:
        """What is kept of a secret."""
        return seal(text, purpose=_PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again. Raises `SealBrokenError` when its key is gone."""
        return unseal(encrypted_text, purpose=_PURPOSE) if is_sealed(encrypted_text) else encrypted_text

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002  allauth's name
        """A name the person will recognise the passkey by: the device it is made on."""
        from allauth.core import context

        device = device_of(context.request.headers.get("User-Agent", ""))
        if device.system:
            return _("%(system)s, %(browser)s") % {"system": device.system, "browser": device.browser or "–"}
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Passkey %(number)d") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The site a passkey belongs to, under the product's name."""
        return {**super().get_public_key_credential_rp_entity(), "name": _PRODUCT}


def refuse_malformed(response_class: Any, credential: object) -> None:
    """Raise `ValidationError` for what no browser sends; allauth would answer 500."""
    try:
        response_class.from_dict(credential)
    except Exception as error:  # hostile bytes break the parser in many ways
        raise get_adapter().validation_error("incorrect_code") from error


class _WellFormed:
    """Looks at the shape of a passkey's answer before allauth does."""

    def clean_credential(self) -> Authenticator:
        refuse_malformed(AuthenticationResponse, self.cleaned_data["credential"])  # type: ignore[attr-defined]
        return super().clean_credential()  # type: ignore[misc]


class PasskeyLoginForm(_WellFormed, LoginWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """Signing in with a passkey alone."""


class PasskeyAuthenticateForm(_WellFormed, AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """A passkey beside the password."""


class PasskeyReauthenticateForm(_WellFormed, ReauthenticateWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """A passkey once more, in a session that is open."""


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """A new passkey: its name, and whether it opens the account by itself."""

    name = forms.CharField(
        label=gettext_lazy("Name of the passkey"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("So that you tell it from others later."),
    )
    passwordless = forms.BooleanField(
        label=gettext_lazy("Sign in with this passkey alone, without a password"),
        required=False,
        initial=True,
        help_text=gettext_lazy(
            "Your device then asks for your fingerprint, your face or its PIN. Clear this for a security key without a "
            "PIN: it is asked for beside your password."
        ),
    )

    def clean_credential(self) -> object:
        credential: object = self.cleaned_data["credential"]
        refuse_malformed(RegistrationResponse, credential)
        return credential


class RenamePasskeyForm(EditWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """Another name for a passkey."""

    name = forms.CharField(label=gettext_lazy("Name of the passkey"), max_length=80)
