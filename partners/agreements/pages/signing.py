"""A signature out of a request: what was typed, and what is known of the session."""

from typing import Any

from django.utils.translation import get_language

from alliance.kernel.http.requests import MemberRequest
from partners.access.domain import device_of
from partners.access.proofs import given_second_factor
from partners.agreements.forms import SignForm
from partners.agreements.services.sign_version import Signature


def signature_of(request: MemberRequest, form: SignForm) -> Signature:
    """The signature that the valid form and the session behind the request make."""
    return Signature(
        name=form.cleaned_data["signer_name"],
        title=form.cleaned_data["signer_title"],
        language=get_language() or "en",
        browser=device_of(request.headers.get("User-Agent", "")).browser,
        second_factor=given_second_factor(request),
    )


def signer_of(request: MemberRequest) -> dict[str, Any]:
    """What the form begins with."""
    return {"signer_name": getattr(request.user, "full_name", "")}
