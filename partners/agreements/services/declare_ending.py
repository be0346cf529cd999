"""Write one ending of a locked agreement; for the services that end agreements."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError
from alliance.kernel.ids import new_id
from partners.domain.endings import EndingDocument, EndingKind
from partners.models import Agreement, AgreementStatus, Ending, EndingStatus, TermsVersion


class NothingToEndError(DomainError):
    """Only an agreement that every party has signed, and that has not ended, can be ended."""

    code = "nothing_to_end"
    sentence = _("This agreement is not in force: there is nothing to end.")


@dataclass(frozen=True, slots=True)
class NewEnding:
    """By what, when and why an agreement ends; a notice relies on the rule of `version`."""

    kind: EndingKind
    ends_at: datetime
    reason: str = ""
    version: TermsVersion | None = None


def declare_ending(*, actor: Actor, agreement: Agreement, new: NewEnding, now: datetime) -> Ending:
    """Write the ending with the document that signatures bind to; the database sets the agreement's end when it stands.

    Raises `NothingToEndError`.
    """
    require_signed(agreement)
    ending_id = new_id()
    document = EndingDocument(
        ending_id=ending_id,
        agreement_id=agreement.id,
        name=agreement.name,
        kind=new.kind,
        declared_by=None if new.kind is EndingKind.EXPIRY else actor.organization_id,
        declared_at=now,
        ends_at=new.ends_at,
        time_zone=agreement.time_zone,
        reason=new.reason,
        version_number=new.version.number if new.version else None,
    )
    ending = Ending.objects.create(
        id=ending_id,
        agreement=agreement,
        kind=new.kind,
        status=EndingStatus.PROPOSED if new.kind is EndingKind.MUTUAL else EndingStatus.STANDING,
        version=new.version,
        declared_by_id=document.declared_by,
        declared_at=now,
        ends_at=new.ends_at,
        reason=new.reason,
        document=document.to_json(),
        document_sha256=document.sha256,
    )
    audit.record(actor, f"agreement.ending_{new.kind}", ending, now=now, after=document.to_json())
    return ending


def require_signed(agreement: Agreement) -> None:
    """Refuse with `NothingToEndError` what every party has yet to sign, or has ended."""
    if agreement.status != AgreementStatus.SIGNED:
        raise NothingToEndError
