"""A version that waits for signatures is withdrawn by its proposer, or declined by another party."""

from datetime import datetime
from uuid import UUID

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotPermittedError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.models import Agreement, AgreementParty, AgreementStatus, TermsStatus, TermsVersion
from partners.services.accept_agreement import VersionClosedError, locked_version


def withdraw_proposal(*, actor: Actor, version_id: UUID, now: datetime) -> None:
    """End the collection of signatures for a version; every party may, so declining and withdrawing are one act.

    An agreement that was never signed and has no other open version ends with it. Repeating it changes nothing.
    Raises `NotFoundError`, `NotPermittedError`, `VersionClosedError` for an accepted version.
    """
    actor.require(Permission.AGREEMENT_PROPOSE)
    with atomic():
        version = locked_version(version_id)
        agreement = version.agreement
        if not AgreementParty.objects.filter(agreement=agreement, organization_id=actor.organization_id).exists():
            raise NotPermittedError
        if version.status == TermsStatus.WITHDRAWN:
            return
        if not version.is_open:
            raise VersionClosedError
        TermsVersion.objects.filter(pk=version.id).update(
            status=TermsStatus.WITHDRAWN, withdrawn_at=now, withdrawn_by=actor.organization_id
        )
        audit.record(actor, "agreement.proposal_withdrawn", version, now=now, after={"version": version.number})
        alive = TermsVersion.objects.filter(agreement=agreement).exclude(status=TermsStatus.WITHDRAWN)
        if not alive.exists():
            Agreement.objects.filter(pk=agreement.id).update(status=AgreementStatus.ENDED)
