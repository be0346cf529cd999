"""Signing on a page."""

from typing import Any

from alliance.kernel.http.requests import MemberRequest
from partners.agreements.forms import SignForm
from partners.agreements.services.sign_version import Signature
from partners.agreements.signing import signature_in


def signature_of(request: MemberRequest, form: SignForm) -> Signature:
    """The signature that the valid form says."""
    return signature_in(request, name=form.cleaned_data["signer_name"], title=form.cleaned_data["signer_title"])


def signer_of(request: MemberRequest) -> dict[str, Any]:
    """What the form begins with."""
    return {"signer_name": getattr(request.user, "full_name", "")}
