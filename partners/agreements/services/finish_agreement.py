"""Note that an agreement is over; for the services that end agreements at once and for the clock."""

from datetime import datetime

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from partners.agreements.naming import named_ending
from partners.agreements.services.tell_parties import tell_parties
from partners.events import AgreementEnded
from partners.models import Agreement, AgreementStatus, Ending, EndingStatus, TermsStatus, TermsVersion


def finish_agreement(*, actor: Actor, agreement: Agreement, ending: Ending, now: datetime) -> None:
    """Set a locked agreement to ended by `ending`, let what is still open under it lapse, tell the parties."""
    before = {"status": agreement.status}
    agreement.status = AgreementStatus.ENDED
    Agreement.objects.filter(pk=agreement.id).update(status=agreement.status)
    TermsVersion.objects.filter(agreement=agreement, status=TermsStatus.PROPOSED).update(
        status=TermsStatus.LAPSED, closed_at=now
    )
    Ending.objects.filter(agreement=agreement, status=EndingStatus.PROPOSED).update(
        status=EndingStatus.LAPSED, settled_at=now
    )
    after = {"status": agreement.status, "ends_at": ending.ends_at, "by": ending.kind}
    audit.record(actor, "agreement.ended", agreement, now=now, before=before, after=after)
    tell_parties(AgreementEnded(**named_ending(ending)), agreement=agreement, now=now)
