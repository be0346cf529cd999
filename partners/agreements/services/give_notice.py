"""A party gives notice: the agreement ends when the notice period is over."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.agreements.naming import named_ending
from partners.agreements.notice import notice_outlook
from partners.agreements.reasons import optional_reason
from partners.agreements.seats import locked_agreement, require_seat
from partners.agreements.services.declare_ending import NewEnding, declare_ending
from partners.agreements.services.sign_ending import sign_ending
from partners.agreements.services.sign_version import Signature
from partners.agreements.services.tell_parties import tell_parties
from partners.domain.endings import EndingKind
from partners.events import NoticeGiven
from partners.models import Ending, EndingStatus, SignaturePurpose


class EndMovedError(DomainError):
    """Since the person read it, the end that a notice has was moved: by a day that passed, or by other terms."""

    code = "end_moved"
    sentence = _("A notice given now would end the agreement on another day than the one you saw. Read it again.")


class NoticeStandsError(DomainError):
    """A party has given notice already."""

    code = "notice_stands"
    sentence = _("A notice stands already.")


def give_notice(
    *, actor: Actor, agreement_id: UUID, ends_at: datetime, signature: Signature, reason: str = "", now: datetime
) -> UUID:
    """End the agreement after the notice period of the terms in force; the ending's id.

    `ends_at` is the end that the person was shown; another one is refused. Raises `NotFoundError`, `NotPermittedError`, `PersonRequiredError`,
    `NothingToEndError`, `NoNoticeError`, `EndsBeforeError`, `NoticeStandsError`, `EndMovedError`, `ReasonTooLongError`,
    `SignerNameMissingError`.
    """
    actor.require(Permission.AGREEMENT_ACCEPT)
    actor.require_person()
    with atomic():
        agreement = locked_agreement(agreement_id)
        require_seat(actor, agreement)
        standing = Ending.objects.filter(agreement=agreement, kind=EndingKind.NOTICE, status=EndingStatus.STANDING)
        if standing.exists():
            raise NoticeStandsError
        outlook = notice_outlook(agreement, now=now)
        if outlook.ends_at != ends_at:
            raise EndMovedError
        new = NewEnding(EndingKind.NOTICE, outlook.ends_at, optional_reason(reason), outlook.version)
        ending = declare_ending(actor=actor, agreement=agreement, new=new, now=now)
        sign_ending(actor=actor, ending=ending, purpose=SignaturePurpose.END, signature=signature, now=now)
        tell_parties(NoticeGiven(**named_ending(ending)), agreement=agreement, now=now)
    return ending.id
