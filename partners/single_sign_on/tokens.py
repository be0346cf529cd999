"""What must be true of an ID token before anybody is believed to be anybody (OpenID Connect Core, 3.1.3.7)."""

import hmac
import logging
from collections.abc import Mapping
from typing import Any, Final

import jwt
from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import DomainError
from partners.single_sign_on.domain import VouchedPerson
from partners.single_sign_on.providers import (
    ProviderClient,
    ProviderMetadata,
    Tokens,
    keys_of,
    user_info,
)

# Signatures by the provider's private key alone: never "none", never HMAC, where the client's secret would do.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
_VERIFIED_CLAIMS: Final = frozenset({"email_verified", "xms_edov"})
_KEY_TYPES: Final = frozenset({"RSA", "EC", "OKP"})
_LEEWAY_SECONDS: Final = 60
_LONGEST_SUBJECT: Final = 255
_logger = logging.getLogger(__name__)


class IdTokenRefusedError(DomainError):
    """The token is forged, for somebody else, from somebody else, too old, or an answer to another question."""

    code = "id_token_refused"
    status = 403
    sentence = _("The answer of your identity provider did not pass our checks. Start again.")


class AddressNotVerifiedError(DomainError):
    """The provider does not say that the person owns the address."""

    code = "provider_address_not_verified"
    status = 403
    sentence = _(
        "Your identity provider does not confirm your e-mail address. Ask the people who run it to mark it as verified."
    )


def vouched_person(tokens: Tokens, metadata: ProviderMetadata, client: ProviderClient, *, nonce: str) -> VouchedPerson:
    """Whom the provider vouches for. Raises `IdTokenRefusedError`, `AddressNotVerifiedError`, and as `keys_of`."""
    claims = _checked(tokens.id_token, metadata, client, nonce)
    says_all = "email" in claims and not _VERIFIED_CLAIMS.isdisjoint(claims)
    told = claims if says_all else _told_beside(claims, metadata, tokens)
    if not _says_verified(told) or not told.get("email"):
        raise AddressNotVerifiedError
    return VouchedPerson(claims["sub"], str(told["email"]).strip().lower(), str(told.get("name") or "").strip()[:120])


def _says_verified(told: Mapping[str, Any]) -> bool:
    """Whether the address is verified. Microsoft Entra says so in a claim of its own (`xms_edov`), as text or number too."""
    if "email_verified" in told:
        return told["email_verified"] is True
    return str(told.get("xms_edov")).lower() in {"true", "1"}


def _told_beside(claims: Mapping[str, Any], metadata: ProviderMetadata, tokens: Tokens) -> Mapping[str, Any]:
    """The claims of the userinfo endpoint, which must speak of the same person."""
    told = user_info(metadata, tokens.access_token)
    if told and told.get("sub") != claims["sub"]:
        raise _refused("userinfo speaks of somebody else")
    return told


def _checked(id_token: str, metadata: ProviderMetadata, client: ProviderClient, nonce: str) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            id_token,
            _key_of(id_token, metadata),
            algorithms=list(ALGORITHMS),
            audience=client.client_id,
            issuer=metadata.issuer,
            leeway=_LEEWAY_SECONDS,
            options={"require": ["iss", "aud", "sub", "exp", "iat"]},
        )
    except jwt.PyJWTError as error:
        raise _refused(type(error).__name__) from error
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise _refused("nonce")
    is_for_several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if is_for_several else client.client_id) != client.client_id:
        raise _refused("authorized party")
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= _LONGEST_SUBJECT:
        raise _refused("subject")
    return claims


def _key_of(id_token: str, metadata: ProviderMetadata) -> jwt.PyJWK:
    """The key that the token names; the keys are read anew once, for the provider may have changed them."""
    header = jwt.get_unverified_header(id_token)
    for is_fresh in (False, True):
        fitting = [key for key in keys_of(metadata, is_fresh=is_fresh).keys if _fits(key, header.get("kid"))]
        if len(fitting) == 1:
            return fitting[0]
    raise _refused("key")


def _fits(key: jwt.PyJWK, key_id: object) -> bool:
    is_for_signatures = key.public_key_use in {None, "sig"}
    is_private = key.key_type in _KEY_TYPES  # a published "oct" key would let everybody sign
    return is_for_signatures and is_private and (key_id is None or key.key_id == key_id)


def _refused(reason: str) -> IdTokenRefusedError:
    _logger.warning("id_token_refused", extra={"reason": reason})
    return IdTokenRefusedError()
