"""Signing on a page."""

from typing import Any

from django.forms import Form

from alliance.kernel.http.requests import MemberRequest
from partners.agreements.services.sign_version import Signature
from partners.agreements.signing import signature_in


def signature_of(request: MemberRequest, form: Form) -> Signature:
    """The signature that the valid form, with name and position, says."""
    return signature_in(request, name=form.cleaned_data["signer_name"], title=form.cleaned_data["signer_title"])


def signature_if_named(request: MemberRequest, form: Form) -> Signature | None:
    """The same where signing is a choice; `None` when no name is typed."""
    return signature_of(request, form) if form.cleaned_data["signer_name"].strip() else None


def signer_of(request: MemberRequest) -> dict[str, Any]:
    """What the form begins with."""
    return {"signer_name": getattr(request.user, "full_name", "")}
