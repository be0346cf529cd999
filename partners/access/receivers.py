"""What allauth tells by its signals, which is the only way it tells them."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.http import HttpRequest

from partners.access.proofs import record_second_factor
from partners.models import User


def on_authenticator_added(*, request: HttpRequest, user: User, authenticator: Authenticator, **_options: Any) -> None:
    """Who sets up a second factor has it in hand: this session counts as having given it."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_second_factor(request, user, authenticator)


def connect() -> None:
    """Called when the app is ready."""
    authenticator_added.connect(on_authenticator_added, dispatch_uid="partners.access.second_factor")
