"""A signature out of a request: what was typed, and what is known of the session."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from partners.access.domain import device_of
from partners.access.proofs import given_second_factor
from partners.agreements.services.sign_version import Signature


def signature_in(request: HttpRequest, *, name: str, title: str) -> Signature:
    """The signature that a signed-in person gives in this request, in the language it was shown in."""
    return Signature(
        name=name,
        title=title,
        language=get_language() or settings.LANGUAGE_CODE,
        browser=device_of(request.headers.get("User-Agent", "")).browser,
        second_factor=given_second_factor(request),
    )
