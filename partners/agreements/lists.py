"""Which agreements a list shows: by words, by state, and by what they ask of an organization."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from partners.models import (
    Acceptance,
    Agreement,
    AgreementParty,
    AgreementStatus,
    Ending,
    EndingSignature,
    EndingStatus,
    SignaturePurpose,
    TermsStatus,
    TermsVersion,
)

SOON: Final = timedelta(days=30)
WAITING: Final = "waiting"
ENDING: Final = "ending"


def matching_agreements(
    *, organization_id: UUID, now: datetime, q: str = "", status: str = "", asks: str = ""
) -> QuerySet[Agreement]:
    """The agreements in sight that fit every filter given. `asks` is `WAITING` or `ENDING`."""
    rows = Agreement.objects.all()
    if words := q.strip():
        parties = AgreementParty.objects.filter(agreement=OuterRef("pk"), organization__name__icontains=words)
        rows = rows.filter(Q(name__icontains=words) | Exists(parties))
    if status:
        rows = rows.filter(status=status)
    if asks == WAITING:
        rows = waiting_for(rows, organization_id)
    if asks == ENDING:
        rows = ending_soon(rows, organization_id, now)
    return rows


def waiting_for(rows: QuerySet[Agreement], organization_id: UUID) -> QuerySet[Agreement]:
    """Those under which a version or an ending waits for the organization's signature."""
    own = {"organization_id": organization_id}
    version = TermsVersion.objects.filter(agreement=OuterRef("pk"), status=TermsStatus.PROPOSED).exclude(
        Exists(Acceptance.objects.filter(version=OuterRef("pk"), **own))
    )
    signed = EndingSignature.objects.filter(ending=OuterRef("pk"))
    ending = Ending.objects.filter(agreement=OuterRef("pk")).filter(
        Q(status=EndingStatus.PROPOSED) & ~Exists(signed.filter(purpose=SignaturePurpose.END, **own))
        | Q(status=EndingStatus.STANDING)
        & Exists(signed.filter(purpose=SignaturePurpose.REVOKE))
        & ~Exists(signed.filter(purpose=SignaturePurpose.REVOKE, **own))
    )
    alive = _with_seat(rows, organization_id).exclude(status=AgreementStatus.ENDED)
    return alive.filter(Exists(version) | Exists(ending))


def ending_soon(rows: QuerySet[Agreement], organization_id: UUID, now: datetime) -> QuerySet[Agreement]:
    """Signed ones of the organization that end within thirty days: by an ending, or with their last version."""
    accepted = TermsVersion.objects.filter(agreement=OuterRef("pk"), status=TermsStatus.ACCEPTED)
    goes_on = accepted.filter(Q(effective_to=None) | Q(effective_to__gt=now + SOON) | Q(at_end="fall_back"))
    is_ending = Q(ends_at__gt=now, ends_at__lte=now + SOON) | (Q(ends_at=None) & ~Exists(goes_on))
    return _with_seat(rows, organization_id).filter(is_ending, status=AgreementStatus.SIGNED)


def _with_seat(rows: QuerySet[Agreement], organization_id: UUID) -> QuerySet[Agreement]:
    return rows.filter(Exists(AgreementParty.objects.filter(agreement=OuterRef("pk"), organization_id=organization_id)))
