"""Find out who would be paid now: the plan behind a batch and its preview. Writes nothing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from partners.onboarding.payees import PayeeAccount, payee_accounts
from partners.selectors import inactive_among
from settlements.models import Statement
from settlements.payouts.domain.eligibility import Position, Reason, payable
from settlements.payouts.models import PayoutHold
from settlements.payouts.services.find_positions import find_positions
from settlements.taxes.domain.withholding import Withheld
from settlements.taxes.selectors import withheld_taxes


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """What would come from one agreement, and the statement that explains it."""

    agreement_id: UUID
    gross_minor: int
    withheld_minor: int
    statement_id: UUID | None
    statement_number: str
    statement_sha256: str
    tax: Withheld | None = None


@dataclass(frozen=True, slots=True)
class PlannedPayout:
    """One payment that would be made."""

    organization_id: UUID
    account: PayeeAccount
    parts: tuple[PlannedPart, ...]

    @property
    def amount_minor(self) -> int:
        """What would be paid."""
        return sum(part.gross_minor - part.withheld_minor for part in self.parts)


@dataclass(frozen=True, slots=True)
class NotPaid:
    """A balance that would stay, and why. `statements` are those whose invoice it waits for."""

    organization_id: UUID
    agreement_id: UUID | None
    amount_minor: int
    reason: Reason
    statements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PayoutPlan:
    """Who would be paid, and who would not."""

    payouts: tuple[PlannedPayout, ...]
    not_paid: tuple[NotPaid, ...]

    @property
    def total_minor(self) -> int:
        """What would leave in all."""
        return sum(payout.amount_minor for payout in self.payouts)


def plan_payouts(
    *, alliance_id: UUID, currency: str, now: datetime, agreement_ids: Collection[UUID] | None = None
) -> PayoutPlan:
    """What everybody would be paid in one currency of an alliance, in the host's scope; of some agreements only if named.

    A number of queries that does not grow with partners, only with agreements whose rule lets money wait.
    """
    positions = find_positions(alliance_id=alliance_id, currency=currency, now=now, agreement_ids=agreement_ids)
    payees = payee_accounts(list(positions), at=now)
    obstacles = _obstacles(positions, payees)
    due: dict[UUID, tuple[tuple[UUID, int], ...]] = {}
    not_paid: list[NotPaid] = []
    for partner, ones in sorted(positions.items()):
        amounts, left = payable(ones, today=now.date())
        not_paid += [NotPaid(partner, one.agreement_id, one.amount_minor, one.reason, one.statements) for one in left]
        if amounts.amounts and partner in obstacles:
            not_paid.append(NotPaid(partner, None, amounts.total_minor, obstacles[partner]))
        elif amounts.amounts:
            due[partner] = amounts.amounts
    statements, taxes = _latest_statements(due), withheld_taxes(alliance_id=alliance_id, due=due, now=now)
    payouts = [
        PlannedPayout(partner, payees[partner], _parts(partner, due[partner], statements, taxes)) for partner in due
    ]
    return PayoutPlan(tuple(payouts), tuple(not_paid))


def _obstacles(positions: Mapping[UUID, list[Position]], payees: Mapping[UUID, PayeeAccount]) -> dict[UUID, Reason]:
    """Why a partner is paid nothing at all, whatever its balance."""
    held = set(PayoutHold.objects.filter(lifted_at__isnull=True).values_list("organization_id", flat=True))
    inactive = inactive_among(positions)
    found = {}
    for partner in positions:
        if partner in inactive:
            found[partner] = Reason.NOT_ACTIVE
        elif partner in held:
            found[partner] = Reason.ON_HOLD
        elif partner not in payees:
            found[partner] = Reason.NO_ACCOUNT
    return found


def _latest_statements(due: Mapping[UUID, tuple[tuple[UUID, int], ...]]) -> dict[tuple[UUID, UUID], Statement]:
    rows = Statement.objects.filter(
        organization_id__in=list(due),
        agreement_id__in={agreement for amounts in due.values() for agreement, _ in amounts},
    )
    latest = rows.order_by("agreement_id", "organization_id", "-starts_on").distinct("agreement_id", "organization_id")
    return {(statement.agreement_id, statement.organization_id): statement for statement in latest}


def _parts(
    partner: UUID,
    amounts: tuple[tuple[UUID, int], ...],
    statements: Mapping[tuple[UUID, UUID], Statement],
    taxes: Mapping[tuple[UUID, UUID], Withheld],
) -> tuple[PlannedPart, ...]:
    parts = []
    for agreement_id, amount in amounts:
        statement, tax = statements.get((agreement_id, partner)), taxes.get((agreement_id, partner))
        parts.append(
            PlannedPart(
                agreement_id,
                amount,
                tax.amount_minor if tax else 0,
                statement.id if statement else None,
                statement.number if statement else "",
                statement.content_sha256 if statement else "",
                tax,
            )
        )
    return tuple(parts)
