"""Note that agreements are over whose end has come; by the clock."""

from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from alliance.kernel.actor import system_actor
from alliance.kernel.tenancy import across_organizations, organization_scope
from partners.agreements.notice import own_end_of
from partners.agreements.seats import locked_agreement
from partners.agreements.services.declare_ending import NewEnding, declare_ending
from partners.agreements.services.finish_agreement import finish_agreement
from partners.domain.endings import EndingKind
from partners.models import Agreement, AgreementStatus, AtEndChoice, Ending, EndingStatus, TermsStatus, TermsVersion

_MOST = 500


def end_due_agreements(*, now: datetime) -> list[UUID]:
    """End each signed agreement whose ending has come, or whose last version has run out; which.

    What the terms pay does not wait for this: they stop at the instant itself. Runs outside any scope; repeating it is
    harmless.
    """
    with across_organizations(reason="the clock ends agreements of every organization"):
        due = list(_due(now).order_by("id").values_list("id", "host_id")[:_MOST])
    return [agreement_id for agreement_id, host_id in due if _end(agreement_id, host_id, now)]


def _due(now: datetime) -> QuerySet[Agreement]:
    """Signed agreements whose ending, or whose last version, is over."""
    accepted = TermsVersion.objects.filter(agreement=OuterRef("pk"), status=TermsStatus.ACCEPTED)
    last = accepted.order_by("-effective_from")[:1]
    signed = Agreement.objects.filter(status=AgreementStatus.SIGNED)
    found = signed.annotate(runs_out=Subquery(last.values("effective_to")), then=Subquery(last.values("at_end")))
    return found.filter(Q(ends_at__lte=now) | (Q(runs_out__lte=now) & ~Q(then=AtEndChoice.FALL_BACK)))


def _end(agreement_id: UUID, host_id: UUID, now: datetime) -> bool:
    actor = system_actor(host_id, label="the clock")
    with organization_scope(host_id):
        agreement = locked_agreement(agreement_id)
        end = own_end_of(agreement)
        if agreement.is_ended or end is None or end > now:
            return False
        ending = Ending.objects.filter(agreement=agreement, status=EndingStatus.STANDING, ends_at=end).first()
        if ending is None:
            new = NewEnding(EndingKind.EXPIRY, end)
            ending = declare_ending(actor=actor, agreement=agreement, new=new, now=now)
        finish_agreement(actor=actor, agreement=agreement, ending=ending, now=now)
    return True
