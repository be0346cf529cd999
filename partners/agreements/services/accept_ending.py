"""A party signs a proposal to end an agreement; the last signature makes it stand."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.agreements.naming import named_ending
from partners.agreements.seats import locked_ending, require_seat
from partners.agreements.services.settle_ending import settle_ending
from partners.agreements.services.sign_ending import require_same, sign_ending
from partners.agreements.services.sign_version import Signature
from partners.domain.endings import EndingKind
from partners.events import EndingAgreed
from partners.models import EndingStatus, SignaturePurpose


class EndingClosedError(DomainError):
    """The ending waits for no signature."""

    code = "ending_closed"
    sentence = _("This ending no longer waits for signatures.")


class EndPassedError(DomainError):
    """The day on which it would have ended is over."""

    code = "end_passed"
    sentence = _("The day on which the agreement would have ended is over. Propose another one.")


def accept_ending(*, actor: Actor, ending_id: UUID, document_sha256: str, signature: Signature, now: datetime) -> bool:
    """Sign a proposed ending; `True` when every party has and the agreement ends. Signing again changes nothing.

    Raises `NotFoundError`, `NotPermittedError`, `PersonRequiredError`, `EndingChangedError`, `EndingClosedError`, `EndPassedError`,
    `SignerNameMissingError`.
    """
    actor.require(Permission.AGREEMENT_ACCEPT)
    actor.require_person()
    with atomic():
        ending = locked_ending(ending_id)
        require_seat(actor, ending.agreement)
        require_same(ending, document_sha256)
        if ending.is_standing and ending.kind == EndingKind.MUTUAL:
            return True
        if not ending.is_open:
            raise EndingClosedError
        if ending.ends_at <= now:
            raise EndPassedError
        purpose = SignaturePurpose.END
        if not sign_ending(actor=actor, ending=ending, purpose=purpose, signature=signature, now=now):
            return False
        agreed = EndingAgreed(**named_ending(ending))
        settle_ending(actor=actor, ending=ending, status=EndingStatus.STANDING, event=agreed, now=now)
    return True
