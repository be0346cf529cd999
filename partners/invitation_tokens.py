"""The secret in an invitation's link.

It is the invitation's id with a signature, so the worker that sends the mail can make it again; the
database keeps only its SHA-256.
"""

import hashlib
from uuid import UUID

from django.core.signing import Signer

_SALT = "partners.invitation"


def invitation_token(invitation_id: UUID) -> str:
    """The secret of one invitation, fit for a URL."""
    return Signer(salt=_SALT, sep=".").sign(invitation_id.hex)


def token_sha256(token: str) -> str:
    """What is kept of a secret (hex)."""
    return hashlib.sha256(token.encode()).hexdigest()
