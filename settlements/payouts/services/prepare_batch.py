"""Prepare a batch of payouts: one payment to everybody in an alliance who is payable now."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError, InvalidInputError, NotFoundError, NotPermittedError
from alliance.kernel.events import publish
from alliance.kernel.ids import new_id
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.selectors import hosted_alliances
from settlements.payouts.events import PayoutBatchPrepared
from settlements.payouts.gateways import gateway_named
from settlements.payouts.limits import approvals_needed
from settlements.payouts.models import Payout, PayoutBatch, PayoutPart, StepKind
from settlements.payouts.services.lock_payouts import lock_payouts
from settlements.payouts.services.note_step import note_step
from settlements.payouts.services.plan_payouts import NotPaid, PlannedPayout, plan_payouts
from settlements.payouts.services.read_content import read_content


class NothingPayableError(DomainError):
    """Nobody can be paid now."""

    code = "nothing_payable"
    sentence = _("Nobody can be paid now in this currency. The page says what each balance waits for.")


class UnknownGatewayError(InvalidInputError):
    """No such way of payment is set up."""

    code = "unknown_gateway"
    sentence = _("Choose one of the ways of payment that are set up.")


@dataclass(frozen=True, slots=True)
class WantedBatch:
    """What is to be paid: in which alliance and currency, through which gateway; of some agreements only if named.

    `due_on` is the day whose schedule asks for it, for batches that the clock prepares: one for each such day.
    """

    alliance_id: UUID
    currency: str
    gateway: str
    agreement_ids: Collection[UUID] | None = None
    due_on: date | None = None


def prepare_batch(*, actor: Actor, wanted: WantedBatch, now: datetime) -> UUID:
    """The batch that somebody else now approves; its id. No money moves yet.

    Money in it is in no other draft: of two who prepare at once the second finds nothing left. Raises
    `NothingPayableError`, `UnknownGatewayError`, `NotFoundError`, and `NotPermittedError` for anybody but the host.
    """
    actor.require(Permission.PAYOUT_PREPARE)
    if gateway_named(wanted.gateway) is None:
        raise UnknownGatewayError(field="gateway")
    alliance = next((found for found in hosted_alliances() if found.id == wanted.alliance_id), None)
    if alliance is None:
        raise NotFoundError
    if alliance.host_id != actor.organization_id:
        raise NotPermittedError
    with atomic():
        lock_payouts(actor.organization_id)
        plan = plan_payouts(
            alliance_id=alliance.id, currency=wanted.currency, now=now, agreement_ids=wanted.agreement_ids
        )
        if not plan.payouts:
            raise NothingPayableError
        batch = _batch(actor, wanted, plan.total_minor, len(plan.payouts), plan.not_paid, now)
        _write(batch, plan.payouts, now)
        batch.content_sha256 = read_content(batch).sha256()
        batch.save(update_fields=["content_sha256"])
        record(actor, "payout_batch.prepared", batch, now=now, after=_said(batch))
        publish(PayoutBatchPrepared(batch_id=str(batch.id), alliance_id=str(batch.alliance_id)), now=now)
    return batch.id


def _batch(
    actor: Actor, wanted: WantedBatch, total_minor: int, count: int, not_paid: Sequence[NotPaid], now: datetime
) -> PayoutBatch:
    last = PayoutBatch.objects.aggregate(last=Max("number"))["last"] or 0
    return PayoutBatch.objects.create(
        id=new_id(),
        organization_id=actor.organization_id,
        alliance_id=wanted.alliance_id,
        number=last + 1,
        currency=wanted.currency,
        gateway=wanted.gateway,
        payout_count=count,
        total_minor=total_minor,
        content_sha256="",
        approvals_needed=approvals_needed(total_minor, wanted.currency),
        due_on=wanted.due_on,
        left_out=[
            {
                "organization_id": str(one.organization_id),
                "agreement_id": str(one.agreement_id) if one.agreement_id else None,
                "amount_minor": one.amount_minor,
                "reason": one.reason.value,
                "statements": list(one.statements),
            }
            for one in not_paid
        ],
        prepared_at=now,
        prepared_by_id=actor.user_id,
        prepared_by=actor.label[:160],
    )


def _write(batch: PayoutBatch, planned: Sequence[PlannedPayout], now: datetime) -> None:
    for place, plan in enumerate(planned, 1):
        payout = Payout.objects.create(
            host_id=batch.organization_id,
            alliance_id=batch.alliance_id,
            batch=batch,
            organization_id=plan.organization_id,
            reference=f"PO-{batch.number:06d}-{place:03d}",
            currency=batch.currency,
            amount_minor=plan.amount_minor,
            gateway=batch.gateway,
            account_id=plan.account.id,
            account_kind=plan.account.kind,
            account_holder=plan.account.holder_name,
            account_masked=plan.account.masked,
            account_sha256=plan.account.sha256,
            prepared_at=now,
        )
        PayoutPart.objects.bulk_create(
            PayoutPart(
                host_id=batch.organization_id,
                payout=payout,
                organization_id=plan.organization_id,
                agreement_id=part.agreement_id,
                statement_id=part.statement_id,
                currency=batch.currency,
                gross_minor=part.gross_minor,
                withheld_minor=part.withheld_minor,
                tax=part.tax.to_json() if part.tax else None,
            )
            for part in plan.parts
        )
        note_step(payout, StepKind.PREPARED, now=now, detail=batch.reference)


def _said(batch: PayoutBatch) -> dict[str, object]:
    return {
        "payouts": batch.payout_count,
        "total_minor": batch.total_minor,
        "currency": batch.currency,
        "content_sha256": batch.content_sha256,
    }
