"""Asking an identity provider over HTTPS: what it publishes about itself, its keys, and an answer to a code."""

import hashlib
import json
import logging
from base64 import b64encode
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

import jwt
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import DomainError
from alliance.kernel.http.outgoing import Limits, OutgoingError, OutgoingRequest, OutgoingResponse, check_url, send
from partners.single_sign_on.domain import SignInSecrets

WELL_KNOWN: Final = "/.well-known/openid-configuration"
_KEPT_SECONDS: Final = 600
_LIMITS: Final = Limits(connect_seconds=3.0, read_seconds=5.0, total_seconds=8.0, most_bytes=256 * 1024)
_JSON: Final = {"Accept": "application/json"}
_logger = logging.getLogger(__name__)


class ProviderUnreachableError(DomainError):
    """No answer could be had from the provider."""

    code = "identity_provider_unreachable"
    status = 502
    sentence = _("The identity provider does not answer. Try again in a moment.")


class ProviderMalformedError(DomainError):
    """What the provider publishes is incomplete, or names another issuer."""

    code = "identity_provider_malformed"
    status = 422
    sentence = _("At this address there is no identity provider that publishes its configuration for OpenID Connect.")


class CodeRefusedError(DomainError):
    """The provider does not know the code: it was used already, is too old, or was never given."""

    code = "sign_in_code_refused"
    status = 403
    sentence = _("Your identity provider no longer accepts this sign-in. Start again.")


@dataclass(frozen=True, slots=True)
class ProviderMetadata:
    """What a provider publishes about itself, checked to be its own."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    posts_secret: bool  # the client's secret goes into the body: providers disagree on how Basic spells signs like %
    names_itself: bool  # it puts `iss` into its answers (RFC 9207)


@dataclass(frozen=True, slots=True)
class ProviderClient:
    """This installation as one provider knows it."""

    issuer: str
    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """The provider's answer to a code."""

    id_token: str
    access_token: str


def metadata_of(issuer: str, *, is_fresh: bool = False) -> ProviderMetadata:
    """What the issuer publishes, kept for ten minutes. Raises `ProviderUnreachableError`, `ProviderMalformedError`."""
    key = _cache_key("metadata", issuer)
    kept = None if is_fresh else cache.get(key)
    if kept is None:
        kept = asdict(_read_metadata(issuer))
        cache.set(key, kept, _KEPT_SECONDS)
    return ProviderMetadata(**kept)


def keys_of(metadata: ProviderMetadata, *, is_fresh: bool = False) -> jwt.PyJWKSet:
    """The keys that the provider signs with, kept for ten minutes. Raises as `metadata_of`."""
    key = _cache_key("keys", metadata.jwks_uri)
    kept = None if is_fresh else cache.get(key)
    if kept is None:
        kept = _object(_get(metadata.jwks_uri))
        cache.set(key, kept, _KEPT_SECONDS)
    try:
        return jwt.PyJWKSet.from_dict(kept)
    except jwt.PyJWTError as error:
        raise ProviderMalformedError from error


def authorization_address(
    metadata: ProviderMetadata, client_id: str, secrets: SignInSecrets, *, redirect_uri: str, login_hint: str
) -> str:
    """Where the person's browser is sent."""
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": "openid email profile",
        "state": secrets.state,
        "nonce": secrets.nonce,
        "code_challenge": secrets.challenge,
        "code_challenge_method": "S256",
        "login_hint": login_hint,
    }
    joint = "&" if "?" in metadata.authorization_endpoint else "?"
    return f"{metadata.authorization_endpoint}{joint}{urlencode(query)}"


def exchange_code(
    metadata: ProviderMetadata, client: ProviderClient, *, code: str, verifier: str, redirect_uri: str
) -> Tokens:
    """The tokens for a code. Raises `CodeRefusedError`, `ProviderUnreachableError`, `ProviderMalformedError`."""
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": redirect_uri}
    headers = {**_JSON, "Content-Type": "application/x-www-form-urlencoded"}
    if metadata.posts_secret:
        form |= {"client_id": client.client_id, "client_secret": client.client_secret}
    else:
        headers["Authorization"] = _basic(client)
    response = _sent(
        OutgoingRequest(
            url=metadata.token_endpoint,
            method="POST",
            headers=headers,
            body=urlencode(form).encode(),
            limits=_LIMITS,
        )
    )
    if not response.is_success:
        _logger.warning("sign_in_code_refused", extra={"issuer": metadata.issuer, "status": response.status})
        raise CodeRefusedError
    answer = _object(response)
    return Tokens(str(answer.get("id_token", "")), str(answer.get("access_token", "")))


def user_info(metadata: ProviderMetadata, access_token: str) -> dict[str, Any]:
    """What the provider tells of the person beside the token. Raises as `metadata_of`."""
    if not metadata.userinfo_endpoint or not access_token:
        return {}
    response = _sent(
        OutgoingRequest(
            url=metadata.userinfo_endpoint,
            headers={**_JSON, "Authorization": f"Bearer {access_token}"},
            limits=_LIMITS,
        )
    )
    return _object(response) if response.is_success else {}


def _read_metadata(issuer: str) -> ProviderMetadata:
    told = _object(_get(issuer.rstrip("/") + WELL_KNOWN))
    methods = told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    metadata = ProviderMetadata(
        issuer=str(told.get("issuer", "")),
        authorization_endpoint=str(told.get("authorization_endpoint", "")),
        token_endpoint=str(told.get("token_endpoint", "")),
        jwks_uri=str(told.get("jwks_uri", "")),
        userinfo_endpoint=str(told.get("userinfo_endpoint", "")),
        posts_secret="client_secret_post" in methods,
        names_itself=told.get("authorization_response_iss_parameter_supported") is True,
    )
    if metadata.issuer != issuer:  # or one provider could pose as another
        raise ProviderMalformedError
    _check_addresses(metadata)
    return metadata


def _check_addresses(metadata: ProviderMetadata) -> None:
    try:
        for address in (metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri):
            check_url(address)
    except OutgoingError as error:
        raise ProviderMalformedError from error


def _get(url: str) -> OutgoingResponse:
    response = _sent(OutgoingRequest(url=url, headers=_JSON, limits=_LIMITS))
    if not response.is_success:
        raise ProviderMalformedError
    return response


def _sent(request: OutgoingRequest) -> OutgoingResponse:
    try:
        return send(request)
    except OutgoingError as error:
        _logger.warning("identity_provider_unreachable", extra={"url": request.url, "reason": error.code})
        raise ProviderUnreachableError from error


def _object(response: OutgoingResponse) -> dict[str, Any]:
    try:
        told = json.loads(response.body)
    except ValueError as error:
        raise ProviderMalformedError from error
    if not isinstance(told, dict):
        raise ProviderMalformedError
    return told


def _basic(client: ProviderClient) -> str:
    """RFC 6749, 2.3.1: both parts are form-encoded first."""
    pair = f"{quote(client.client_id, safe='')}:{quote(client.client_secret, safe='')}"
    return f"Basic {b64encode(pair.encode()).decode()}"


def _cache_key(kind: str, address: str) -> str:
    return f"single_sign_on:{kind}:{hashlib.sha256(address.encode()).hexdigest()}"
