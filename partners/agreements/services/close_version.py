"""End the collection of signatures for a version; for the services that withdraw and decline."""

from datetime import datetime

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from partners.agreements.services.tell_parties import tell_parties
from partners.events import VersionDeclined, VersionWithdrawn
from partners.models import Agreement, AgreementStatus, TermsStatus, TermsVersion
from partners.models.agreements import SETTLED_WITHOUT_FORCE


def close_version(
    *, actor: Actor, version: TermsVersion, event: VersionWithdrawn | VersionDeclined, now: datetime
) -> None:
    """Close an open version of a locked agreement as the event says, and tell the parties.

    An agreement that was never signed and has no other open version ends with it.
    """
    is_declined = isinstance(event, VersionDeclined)
    status = TermsStatus.DECLINED if is_declined else TermsStatus.WITHDRAWN
    reason = event.reason if isinstance(event, VersionDeclined) else ""
    TermsVersion.objects.filter(pk=version.id).update(
        status=status, closed_at=now, closed_by=actor.organization_id, close_reason=reason
    )
    action = "agreement.proposal_declined" if is_declined else "agreement.proposal_withdrawn"
    after = {"version": version.number, "status": status, "reason": reason}
    audit.record(actor, action, version, now=now, before={"status": version.status}, after=after)
    tell_parties(event, agreement=version.agreement, now=now)
    alive = TermsVersion.objects.filter(agreement=version.agreement).exclude(status__in=SETTLED_WITHOUT_FORCE)
    if not alive.exists():
        Agreement.objects.filter(pk=version.agreement_id).update(status=AgreementStatus.ENDED)
