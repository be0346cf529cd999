"""What of a partner's balance is payable now, and why the rest is not. Amounts are minor units."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from alliance.kernel.money import exponent, parse_amount
from partners.domain.terms.settling import Payout as PayoutRule

WHOLE_UNIT_CURRENCIES: Final = frozenset({"HUF", "TWD"})  # banks pay them without decimals
NO_RULE: Final = PayoutRule()


class Reason(StrEnum):
    """Why something is not paid now."""

    BELOW_THRESHOLD = "below_threshold"
    ON_HOLD = "on_hold"
    NO_ACCOUNT = "no_account"
    NOT_ACTIVE = "not_active"
    OWES = "owes"
    IN_A_DRAFT = "in_a_draft"
    OTHER_CURRENCY = "other_currency"
    NOT_YET = "not_yet"
    NO_INVOICE = "no_invoice"
    INVOICE_OBJECTED = "invoice_objected"


@dataclass(frozen=True, slots=True)
class Position:
    """What stands on a partner's accounts of one agreement, in one currency.

    `spendable_minor` is what is available and old enough by the rule's lag; `since` the day from which the months of
    `flush_months` count. Where the terms let payouts wait for invoices, `without_invoice` names the statements whose invoice is
    missing, and `with_objection` those whose invoice was objected to and whose corrected one nobody has accepted.
    `is_reclaimed`: something that had been set aside as abandoned property was given back, and is paid however small.
    """

    agreement_id: UUID
    currency: str
    agreement_currency: str
    available_minor: int
    spendable_minor: int
    owed_minor: int
    is_in_a_draft: bool
    since: date | None
    rule: PayoutRule
    without_invoice: tuple[str, ...] = ()
    with_objection: tuple[str, ...] = ()
    is_reclaimed: bool = False

    def waits_for(self, reason: Reason) -> tuple[str, ...]:
        """The statements for whose invoices it waits, for this reason."""
        return {Reason.NO_INVOICE: self.without_invoice, Reason.INVOICE_OBJECTED: self.with_objection}.get(reason, ())


@dataclass(frozen=True, slots=True)
class Payable:
    """How much of each agreement is paid."""

    amounts: tuple[tuple[UUID, int], ...]

    @property
    def total_minor(self) -> int:
        """What is paid in all."""
        return sum(amount for _, amount in self.amounts)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that is not paid now. `statements` are those whose invoice it waits for."""

    agreement_id: UUID | None
    amount_minor: int
    reason: Reason
    statements: tuple[str, ...] = ()


def payable(positions: Sequence[Position], *, today: date) -> tuple[Payable, tuple[LeftOut, ...]]:
    """What one partner is paid in one currency: what passes its agreement's rule, less what it owes elsewhere.

    What the partner owes under any agreement of the alliance stays back until earnings have paid it.
    """
    amounts: list[tuple[UUID, int]] = []
    left: list[LeftOut] = []
    for position in sorted(positions, key=lambda position: position.agreement_id):
        amount, reason = _of_agreement(position, today)
        if amount:
            amounts.append((position.agreement_id, amount))
        if reason is not None and position.available_minor > amount:
            rest = position.available_minor - amount
            left.append(LeftOut(position.agreement_id, rest, reason, position.waits_for(reason)))
    return _less_debts(amounts, left, sum(position.owed_minor for position in positions))


def _of_agreement(position: Position, today: date) -> tuple[int, Reason | None]:
    """The amount that the agreement's rule lets go, and why the rest stays."""
    rule, spendable = position.rule, position.spendable_minor
    if position.available_minor <= 0:
        return 0, None
    if (obstacle := _obstacle(position)) is not None:
        return 0, obstacle
    is_small = not _reaches(rule, spendable, position.currency)
    if is_small and not position.is_reclaimed and not _is_flushed(rule, position.since, today):
        return 0, Reason.BELOW_THRESHOLD
    whole = spendable - spendable % _unit(rule, position.currency)
    rest = Reason.NOT_YET if spendable < position.available_minor else Reason.BELOW_THRESHOLD
    return whole, rest


def _obstacle(position: Position) -> Reason | None:
    """Why nothing of it is paid, whatever the amount."""
    if position.is_in_a_draft:
        return Reason.IN_A_DRAFT
    if (position.rule.currency or position.agreement_currency) != position.currency:
        return Reason.OTHER_CURRENCY
    if position.without_invoice:
        return Reason.NO_INVOICE
    if position.with_objection:
        return Reason.INVOICE_OBJECTED
    return Reason.NOT_YET if position.spendable_minor <= 0 else None


def _reaches(rule: PayoutRule, amount_minor: int, currency: str) -> bool:
    threshold = parse_amount(f"{rule.threshold:f}", currency)
    return amount_minor > threshold if rule.compare == "exceeds" else amount_minor >= threshold


def _is_flushed(rule: PayoutRule, since: date | None, today: date) -> bool:
    """Whether the balance has waited so many months that it is paid however small it is."""
    if rule.flush_months is None or since is None:
        return False
    return whole_months(since, today) >= rule.flush_months


def whole_months(since: date, today: date) -> int:
    """How many months of the calendar are over since a day."""
    return (today.year - since.year) * 12 + today.month - since.month - (today.day < since.day)


def _unit(rule: PayoutRule, currency: str) -> int:
    is_whole = rule.whole_units or currency in WHOLE_UNIT_CURRENCIES
    return int(10 ** exponent(currency)) if is_whole else 1


def _less_debts(
    amounts: list[tuple[UUID, int]], left: list[LeftOut], owed_minor: int
) -> tuple[Payable, tuple[LeftOut, ...]]:
    """Keep back what is owed, from the last agreement on."""
    kept: list[tuple[UUID, int]] = []
    for agreement_id, amount in reversed(amounts):
        back = min(owed_minor, amount)
        owed_minor -= back
        if back:
            left.append(LeftOut(agreement_id, back, Reason.OWES))
        if amount > back:
            kept.append((agreement_id, amount - back))
    return Payable(tuple(reversed(kept))), tuple(left)
