"""Approve what a party earned above a cap whose terms let somebody decide."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError, NotFoundError, NotPermittedError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.ledger.services.open_book import open_book
from settlements.models import Accrual, Adjustment, AdjustmentKind, Period
from settlements.services.hold_present_periods import hold_present_periods
from settlements.services.record_adjustments import AdjustmentDraft, record_adjustments


class NothingWaitsError(DomainError):
    """Nothing of this conversion waits for approval, or it was approved already."""

    code = "nothing_waits"
    sentence = _("Nothing of this conversion waits for approval any more.")


def waiting_excess() -> QuerySet[Accrual]:
    """The conversions that earned more than a cap lets through, and of which nothing is approved yet; latest first.

    Refunds are among them: they take back what was approved above the cap.
    """
    approved = Adjustment.objects.filter(kind=AdjustmentKind.CAP_APPROVED).values("accrual_id")
    return Accrual.objects.filter(explanation__has_key="waiting").exclude(id__in=approved)


def approve_excess(*, actor: Actor, accrual_id: UUID, now: datetime) -> int:
    """Give each party what of this conversion waits for approval, out of its payers' own; how many adjustments.

    In the agreement's present period, about the period of the conversion. Raises `NothingWaitsError`, `NotFoundError`,
    `PersonRequiredError`, `SecondFactorRequiredError`, and `NotPermittedError` for anybody but the host.
    """
    actor.require(Permission.ADJUSTMENT_APPROVE)
    actor.require_person()
    accrual = Accrual.objects.filter(pk=accrual_id).first()
    if accrual is None:
        raise NotFoundError
    if accrual.host_id != actor.organization_id:
        raise NotPermittedError
    drafts = list(_drafts(accrual, accrual.explanation.get("waiting", ())))
    with atomic():
        present = hold_present_periods(
            book_id=open_book(alliance_id=accrual.alliance_id, host_id=accrual.host_id),
            host_id=accrual.host_id,
            alliance_id=accrual.alliance_id,
            agreement_ids=[accrual.agreement_id],
            now=now,
        )[accrual.agreement_id]
        period = Period.objects.get(pk=present.period_id)
        recorded = record_adjustments(
            period=period, effective_on=present.effective_on, drafts=drafts, by=actor.label[:160], now=now
        )
        if not recorded:
            raise NothingWaitsError
        amount = sum(draft.amount_minor for draft in drafts)
        record(actor, "excess.approved", accrual, now=now, after={"amount_minor": amount})
    return len(recorded)


def _drafts(accrual: Accrual, waiting: Iterable[dict[str, Any]]) -> Iterable[AdjustmentDraft]:
    for place, excess in enumerate(waiting):
        yield AdjustmentDraft(
            AdjustmentKind.CAP_APPROVED,
            f"cap_approved:{accrual.id}:{place}",
            UUID(excess["party"]),
            UUID(excess["payer"]),
            int(excess["amount_minor"]),
            reference=accrual.reference,
            details={"cap": excess["cap"]},
            about_period_id=accrual.period_id,
            accrual_id=accrual.id,
            terms_version_id=accrual.terms_version_id,
        )
