"""A party ends an agreement at once, for a cause that it names."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.agreements.notice import EndsBeforeError
from partners.agreements.reasons import given_reason
from partners.agreements.seats import locked_agreement, require_seat
from partners.agreements.services.declare_ending import NewEnding, declare_ending, require_signed
from partners.agreements.services.finish_agreement import finish_agreement
from partners.agreements.services.sign_ending import sign_ending
from partners.agreements.services.sign_version import Signature
from partners.domain.endings import EndingKind
from partners.models import SignaturePurpose


def end_for_cause(*, actor: Actor, agreement_id: UUID, reason: str, signature: Signature, now: datetime) -> UUID:
    """End the agreement at this instant; the ending's id. Every party may, and none takes it back.

    Whether the cause holds is for the parties and their courts; here it is recorded, signed and told to all. Raises
    `NotFoundError`, `NotPermittedError`, `PersonRequiredError`, `NothingToEndError`, `EndsBeforeError`, `ReasonMissingError`,
    `ReasonTooLongError`, `SignerNameMissingError`.
    """
    actor.require(Permission.AGREEMENT_ACCEPT)
    actor.require_person()
    with atomic():
        agreement = locked_agreement(agreement_id)
        require_seat(actor, agreement)
        require_signed(agreement)
        if agreement.is_over_by(now):
            raise EndsBeforeError
        new = NewEnding(EndingKind.CAUSE, now, given_reason(reason))
        ending = declare_ending(actor=actor, agreement=agreement, new=new, now=now)
        sign_ending(actor=actor, ending=ending, purpose=SignaturePurpose.END, signature=signature, now=now)
        finish_agreement(actor=actor, agreement=agreement, ending=ending, now=now)
    return ending.id
