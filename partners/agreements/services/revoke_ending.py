"""The parties let an agreement go on that a notice or a consent would have ended: each signs, the last makes it so."""

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
from partners.agreements.services.tell_parties import tell_parties
from partners.domain.endings import EndingKind
from partners.events import EndingRevocationAsked, EndingRevoked
from partners.models import Ending, EndingStatus, SignaturePurpose

REVOCABLE = frozenset({EndingKind.NOTICE, EndingKind.MUTUAL})


class NotRevocableError(DomainError):
    """Only a notice or a consent that has not taken effect yet is withdrawn."""

    code = "not_revocable"
    sentence = _("This can't be withdrawn any more.")


def revoke_ending(*, actor: Actor, ending_id: UUID, document_sha256: str, signature: Signature, now: datetime) -> bool:
    """Agree to withdraw a standing ending; `True` when every party has and the agreement goes on.

    Signing again changes nothing. Raises `NotFoundError`, `NotPermittedError`, `PersonRequiredError`, `EndingChangedError`,
    `NotRevocableError`, `SignerNameMissingError`.
    """
    actor.require(Permission.AGREEMENT_ACCEPT)
    actor.require_person()
    with atomic():
        ending = locked_ending(ending_id)
        require_seat(actor, ending.agreement)
        require_same(ending, document_sha256)
        if ending.status == EndingStatus.REVOKED:
            return True
        if not is_revocable(ending, now=now):
            raise NotRevocableError
        purpose = SignaturePurpose.REVOKE
        if sign_ending(actor=actor, ending=ending, purpose=purpose, signature=signature, now=now):
            revoked = EndingRevoked(**named_ending(ending))
            settle_ending(actor=actor, ending=ending, status=EndingStatus.REVOKED, event=revoked, now=now)
            return True
        asked = EndingRevocationAsked(organization_id=str(actor.organization_id), **named_ending(ending))
        tell_parties(asked, agreement=ending.agreement, now=now)
    return False


def is_revocable(ending: Ending, *, now: datetime) -> bool:
    """Whether the parties may still let the agreement go on."""
    is_ended = ending.agreement.is_ended or ending.agreement.is_over_by(now)
    return ending.is_standing and ending.kind in REVOCABLE and now < ending.ends_at and not is_ended
