"""A signature out of a call."""

from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request

from partners.agreements.services.sign_version import Signature
from partners.agreements.signing import signature_in


def signature_of(request: Request, given: Mapping[str, Any]) -> Signature:
    """The signature that the checked body says."""
    name, title = given["signer_name"], given["signer_title"]
    return signature_in(request._request, name=name, title=title)  # noqa: SLF001  DRF's own name
