"""Propose money that no conversion moves: a correction, a clawback, a restatement, a debt to write off."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import InvalidInputError, NotFoundError, NotPermittedError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.selectors import AgreementBrief, agreements_of
from settlements.models import AdjustmentKind, ProposedAdjustment, Statement

PROPOSABLE = (
    AdjustmentKind.CORRECTION,
    AdjustmentKind.CLAWBACK,
    AdjustmentKind.RESTATEMENT,
    AdjustmentKind.WRITE_OFF,
)


class AdjustmentOfNothingError(InvalidInputError):
    """The amount is 0."""

    code = "adjustment_of_nothing"
    sentence = _("Say an amount that is not 0.")


class ReasonMissingError(InvalidInputError):
    """Nobody could tell why."""

    code = "reason_missing"
    sentence = _("Say why: the other side reads it on its statement.")


class NotAPartnerOfItError(InvalidInputError):
    """The party is not one of the agreement's partners."""

    code = "not_a_partner_of_it"
    sentence = _("Choose a partner of this agreement.")


class WrongDirectionError(InvalidInputError):
    """A clawback takes, a write-off forgives."""

    code = "wrong_direction"
    sentence = _("A clawback and a debt that is written off are amounts above 0.")


class StatementOfAnotherError(InvalidInputError):
    """A restatement is of a statement of the same party and agreement."""

    code = "statement_of_another"
    sentence = _("Choose a statement of this partner under this agreement.")


@dataclass(frozen=True, slots=True)
class WantedAdjustment:
    """What is proposed. `amount_minor` is what the party gets; of a clawback what it gives, of a write-off what it no longer owes."""

    kind: AdjustmentKind
    agreement_id: UUID
    party_id: UUID
    amount_minor: int
    reason: str
    statement_id: UUID | None = None


def propose_adjustment(*, actor: Actor, wanted: WantedAdjustment, now: datetime) -> UUID:
    """Ask another person of the host to approve it; the proposal's id. Nothing moves yet.

    Raises `AdjustmentOfNothingError`, `ReasonMissingError`, `NotAPartnerOfItError`, `WrongDirectionError`,
    `StatementOfAnotherError`, `NotFoundError`, and `NotPermittedError` for anybody but the host.
    """
    actor.require(Permission.ADJUSTMENT_PROPOSE)
    agreement = _agreement(wanted.agreement_id)
    if agreement.host_id != actor.organization_id:
        raise NotPermittedError
    _check(wanted, agreement)
    is_clawback, is_write_off = wanted.kind is AdjustmentKind.CLAWBACK, wanted.kind is AdjustmentKind.WRITE_OFF
    with atomic():
        proposal = ProposedAdjustment.objects.create(
            organization_id=actor.organization_id,
            alliance_id=agreement.alliance_id,
            agreement_id=agreement.id,
            kind=wanted.kind,
            party_id=wanted.party_id,
            counterparty_id=None if is_write_off else agreement.host_id,
            statement_id=wanted.statement_id,
            currency=agreement.currency,
            amount_minor=-wanted.amount_minor if is_clawback else wanted.amount_minor,
            reason=wanted.reason.strip(),
            proposed_by_id=actor.user_id,
            proposed_by=actor.label[:160],
            proposed_at=now,
        )
        record(
            actor,
            "adjustment.proposed",
            proposal,
            now=now,
            after={"kind": proposal.kind, "amount_minor": proposal.amount_minor, "currency": proposal.currency},
        )
    return proposal.id


def _agreement(agreement_id: UUID) -> AgreementBrief:
    found = next((agreement for agreement in agreements_of() if agreement.id == agreement_id), None)
    if found is None:
        raise NotFoundError
    return found


def _check(wanted: WantedAdjustment, agreement: AgreementBrief) -> None:
    if wanted.kind not in PROPOSABLE:
        raise NotPermittedError
    if not wanted.amount_minor:
        raise AdjustmentOfNothingError(field="amount")
    if wanted.amount_minor < 0 and wanted.kind in {AdjustmentKind.CLAWBACK, AdjustmentKind.WRITE_OFF}:
        raise WrongDirectionError(field="amount")
    if not wanted.reason.strip():
        raise ReasonMissingError(field="reason")
    if wanted.party_id not in agreement.party_ids or wanted.party_id == agreement.host_id:
        raise NotAPartnerOfItError(field="party")
    _check_statement(wanted)


def _check_statement(wanted: WantedAdjustment) -> None:
    """A restatement names one of the party's; nothing else names any."""
    statement_id, is_restatement = wanted.statement_id, wanted.kind is AdjustmentKind.RESTATEMENT
    if statement_id is None:
        if is_restatement:
            raise StatementOfAnotherError(field="statement")
        return
    own = Statement.objects.filter(agreement_id=wanted.agreement_id, organization_id=wanted.party_id)
    if not is_restatement or not own.filter(pk=statement_id).exists():
        raise StatementOfAnotherError(field="statement")
