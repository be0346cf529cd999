"""Secrets that must be read again (an identity provider's, an authenticator app's), encrypted at rest.

AES-256-GCM with a random nonce. The text is bound to its `purpose`, which names the column and whose row it is, so a
sealed text that is moved to another row does not open. Secrets that need only be compared are hashed instead.
"""

import hashlib
import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64Error
from collections.abc import Iterator
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_MARK: Final = "sealed1"
_NONCE_BYTES: Final = 12


class SealBrokenError(RuntimeError):
    """A sealed text does not open: it was changed, moved, or sealed with a key that is no longer given."""


def seal(text: str, *, purpose: str) -> str:
    """The text, encrypted with the first of the keys and bound to `purpose`; printable ASCII, fit for a text column."""
    key = next(_keys())
    nonce = os.urandom(_NONCE_BYTES)
    inside = nonce + AESGCM(key).encrypt(nonce, text.encode(), purpose.encode())
    return ".".join((_MARK, _name_of(key), urlsafe_b64encode(inside).decode()))


def unseal(sealed: str, *, purpose: str) -> str:
    """The text that was sealed for `purpose`, with any key that is still given. Raises `SealBrokenError`."""
    mark, _, rest = sealed.partition(".")
    name, _, encoded = rest.partition(".")
    key = next((key for key in _keys() if _name_of(key) == name), None)
    if mark != _MARK or key is None:
        raise SealBrokenError
    try:
        inside = urlsafe_b64decode(encoded)
        return AESGCM(key).decrypt(inside[:_NONCE_BYTES], inside[_NONCE_BYTES:], purpose.encode()).decode()
    except (InvalidTag, NotBase64Error, ValueError) as error:
        raise SealBrokenError from error


def fingerprints(text: str, *, purpose: str) -> list[str]:
    """Keyed hashes by which equal texts are found without being opened, one for each key that is given, the present first.

    Two texts sealed at different times share one as long as the keys of then and now overlap.
    """
    return [hmac.digest(key, f"{purpose}|{text}".encode(), "sha256").hex() for key in _keys()]


def is_sealed(text: str) -> bool:
    """Whether the text looks like one that `seal` made."""
    return text.startswith(f"{_MARK}.")


def _keys() -> Iterator[bytes]:
    """The present key first, then those that still open; made from `SEALING_KEYS`, else from `SECRET_KEY`."""
    given = settings.SEALING_KEYS or [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    for secret in given:
        yield hashlib.blake2b(secret.encode(), digest_size=32, person=b"alliance.sealing").digest()


def _name_of(key: bytes) -> str:
    """Which key it is, telling nothing about it."""
    return hashlib.sha256(key).hexdigest()[:8]
