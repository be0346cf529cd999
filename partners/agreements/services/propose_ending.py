"""A party proposes to end an agreement by consent."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, InvalidInputError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.agreements.naming import named_ending
from partners.agreements.notice import EndsBeforeError, own_end_of
from partners.agreements.reasons import optional_reason
from partners.agreements.seats import locked_agreement, require_seat
from partners.agreements.services.declare_ending import NewEnding, declare_ending
from partners.agreements.services.sign_ending import sign_ending
from partners.agreements.services.sign_version import Signature
from partners.agreements.services.tell_parties import tell_parties
from partners.domain.endings import EndingKind
from partners.domain.local_days import local_midnight
from partners.events import EndingProposed
from partners.models import Ending, EndingStatus, SignaturePurpose


class LastDayPassedError(InvalidInputError):
    """The last day is over."""

    code = "last_day_passed"
    sentence = _("This day is over. Choose today or a later day.")


class EndingWaitsError(DomainError):
    """One proposal to end waits for signatures already."""

    code = "ending_waits"
    sentence = _("A proposal to end this agreement waits for signatures already.")


def propose_ending(
    *, actor: Actor, agreement_id: UUID, last_on: date, signature: Signature, reason: str = "", now: datetime
) -> UUID:
    """Propose that the agreement ends with the local day `last_on`, and sign it; the ending's id.

    It ends then when every party has signed. Raises `NotFoundError`, `NotPermittedError`, `PersonRequiredError`, `NothingToEndError`,
    `LastDayPassedError`, `EndsBeforeError`, `EndingWaitsError`, `ReasonTooLongError`, `SignerNameMissingError`.
    """
    actor.require(Permission.AGREEMENT_ACCEPT)
    actor.require_person()
    with atomic():
        agreement = locked_agreement(agreement_id)
        require_seat(actor, agreement)
        ends_at = local_midnight(last_on + timedelta(days=1), agreement.time_zone)
        if ends_at <= now:
            raise LastDayPassedError(field="last_on")
        if (own_end := own_end_of(agreement)) is not None and own_end <= ends_at:
            raise EndsBeforeError(field="last_on")
        waiting = Ending.objects.filter(agreement=agreement, kind=EndingKind.MUTUAL, status=EndingStatus.PROPOSED)
        if waiting.exists():
            raise EndingWaitsError
        new = NewEnding(EndingKind.MUTUAL, ends_at, optional_reason(reason))
        ending = declare_ending(actor=actor, agreement=agreement, new=new, now=now)
        sign_ending(actor=actor, ending=ending, purpose=SignaturePurpose.END, signature=signature, now=now)
        tell_parties(EndingProposed(**named_ending(ending)), agreement=agreement, now=now)
    return ending.id
