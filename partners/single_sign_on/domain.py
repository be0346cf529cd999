"""Domains of addresses, and the secrets of one sign-in. No Django, no network."""

import hashlib
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

import idna

_LABEL: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_LONGEST: Final = 253
_PROVIDERS: Final = UUID("7d1c7f0e-5d0b-4f5e-9a53-0c8a4f2f6b11")


class MailDomainMalformedError(ValueError):
    """This is no domain of e-mail addresses."""


def mail_domain(text: str) -> str:
    """The domain in its one spelling: lower case, ASCII, without a dot at the end.

    Raises `MailDomainMalformedError` for what no mail can be sent to: a single word, a number, an address with a path.
    """
    given = text.strip().rstrip(".").lower()
    try:
        name = given if given.isascii() else idna.encode(given, uts46=True, std3_rules=True).decode()
    except idna.IDNAError as error:
        raise MailDomainMalformedError from error
    labels = name.split(".")
    is_plain = len(name) <= _LONGEST and len(labels) > 1 and all(map(_LABEL.fullmatch, labels))
    if not is_plain or labels[-1].isdecimal():
        raise MailDomainMalformedError
    return name


def domain_of(address: str) -> str:
    """The domain of an e-mail address in its one spelling; empty when there is none."""
    _local, sign, domain = address.strip().rpartition("@")
    try:
        return mail_domain(domain) if sign else ""
    except MailDomainMalformedError:
        return ""


def provider_id_for(organization_id: UUID) -> UUID:
    """The id that an organization's provider has, or will have: its redirect address is known before it is named."""
    return uuid5(_PROVIDERS, organization_id.hex)


@dataclass(frozen=True, slots=True)
class SignInSecrets:
    """What ties an answer to the question: `state` to the browser, `nonce` to the token, `verifier` to the code."""

    state: str
    nonce: str
    verifier: str

    @property
    def challenge(self) -> str:
        """What the provider is told of the verifier (PKCE, S256)."""
        return urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


def sign_in_secrets() -> SignInSecrets:
    """Fresh ones, 256 bits each."""
    return SignInSecrets(*(secrets.token_urlsafe(32) for _ in range(3)))


@dataclass(frozen=True, slots=True)
class VouchedPerson:
    """Whom an identity provider vouches for: its own stable name for the person, and a verified address in lower case."""

    subject: str
    email: str
    name: str
