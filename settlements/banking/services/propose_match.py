"""Take a bank entry for something, for somebody else to approve."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError, InvalidInputError, NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.banking.domain.matching import fee_limit
from settlements.banking.matchable import gone_out
from settlements.banking.models import BankEntry, BankMatch, MatchKinds, MatchState
from settlements.banking.models.matches import Bases
from settlements.banking.repayable import RepayableDebt, repayable_debt
from settlements.banking.services.lock_bank import lock_bank
from settlements.payouts.models import Payout


class EntryTakenError(DomainError):
    """Something is proposed or approved for it already."""

    code = "entry_taken"
    sentence = _("This entry is explained already, or an explanation waits for approval.")


class PayoutNeededError(InvalidInputError):
    """Which payout it is."""

    code = "payout_needed"
    sentence = _("Choose the payout that this entry pays or brings back.")


class PayoutMatchedError(DomainError):
    """One entry pays it, one brings it back."""

    code = "payout_matched"
    sentence = _("Another entry is taken for this payout already.")


class WrongWayError(InvalidInputError):
    """Payouts go out and come back in."""

    code = "wrong_way"
    sentence = _("A payment takes money off the account; a repayment, or a payout that came back, brings money in.")


class OtherCurrencyError(InvalidInputError):
    """No rate is assumed."""

    code = "other_currency"
    sentence = _("The payout is in another currency than the entry.")


class DifferenceTooLargeError(InvalidInputError):
    """More than a bank's fee."""

    code = "difference_too_large"
    sentence = _("The amounts differ by more than a bank's fee. Take the entry for something else, or into suspense.")


class DebtNeededError(InvalidInputError):
    """Whose debt it is, and under which agreement."""

    code = "debt_needed"
    sentence = _("Choose the debt that this entry pays back.")


class RepaysTooMuchError(InvalidInputError):
    """Nobody pays back more than it owes."""

    code = "repays_too_much"
    sentence = _("The partner does not owe that much. Take the entry into suspense, and agree on the rest.")


@dataclass(frozen=True, slots=True)
class WantedMatch:
    """What an entry is taken for. `payout_id` of payments and returns only, agreement and debtor of repayments only."""

    entry_id: UUID
    kind: MatchKinds
    payout_id: UUID | None = None
    note: str = ""
    agreement_id: UUID | None = None
    debtor_id: UUID | None = None


def propose_match(*, actor: Actor, wanted: WantedMatch, now: datetime) -> UUID:
    """Propose it; the match's id. Nothing is posted before somebody else has approved.

    An entry in suspense may be taken for something else; approving that takes it out of suspense. Raises `EntryTakenError`,
    `PayoutNeededError`, `PayoutMatchedError`, `WrongWayError`, `OtherCurrencyError`, `DifferenceTooLargeError`,
    `DebtNeededError`, `RepaysTooMuchError`, `NotFoundError`.
    """
    actor.require(Permission.BANK_RECONCILE)
    entry = BankEntry.objects.filter(pk=wanted.entry_id).first()
    if entry is None:
        raise NotFoundError
    with atomic():
        lock_bank(entry.alliance_id)
        _check_free(entry, wanted.kind)
        payout, difference = _payout(entry, wanted)
        debt = _debt(entry, wanted)
        match = BankMatch.objects.create(
            organization_id=actor.organization_id,
            alliance_id=entry.alliance_id,
            entry=entry,
            kind=wanted.kind,
            basis=Bases.PERSON,
            payout=payout,
            agreement_id=debt.agreement_id if debt else None,
            debtor_id=debt.organization_id if debt else None,
            currency=entry.currency,
            amount_minor=entry.amount_minor,
            difference_minor=difference,
            note=wanted.note.strip()[:500],
            proposed_by_id=actor.user_id,
            proposed_by=actor.label[:160],
            proposed_at=now,
        )
        after = {"kind": match.kind, "amount_minor": match.amount_minor, "currency": match.currency}
        record(actor, "bank_match.proposed", match, now=now, after=after)
    return match.id


def _check_free(entry: BankEntry, kind: MatchKinds) -> None:
    live = list(BankMatch.objects.filter(entry=entry, state__in=[MatchState.WAITING, MatchState.APPROVED]))
    is_suspense = [match.state == MatchState.APPROVED and match.kind == MatchKinds.SUSPENSE for match in live]
    if not all(is_suspense) or (live and kind is MatchKinds.SUSPENSE):
        raise EntryTakenError


def _debt(entry: BankEntry, wanted: WantedMatch) -> RepayableDebt | None:
    """The debt of which a repayment is a part, or all."""
    if wanted.kind is not MatchKinds.REPAYMENT:
        return None
    if entry.amount_minor < 0:
        raise WrongWayError(field="kind")
    if wanted.agreement_id is None or wanted.debtor_id is None:
        raise DebtNeededError(field="debt")
    debt = repayable_debt(
        alliance_id=entry.alliance_id,
        currency=entry.currency,
        agreement_id=wanted.agreement_id,
        debtor_id=wanted.debtor_id,
    )
    if debt is None or debt.amount_minor < entry.amount_minor:
        raise RepaysTooMuchError(field="debt")
    return debt


def _payout(entry: BankEntry, wanted: WantedMatch) -> tuple[Payout | None, int]:
    """The payout, and by how much more left the account, or less came back."""
    if wanted.kind not in {MatchKinds.PAYOUT, MatchKinds.RETURN}:
        return None, 0
    if wanted.payout_id is None:
        raise PayoutNeededError(field="payout")
    if (entry.amount_minor < 0) is not (wanted.kind is MatchKinds.PAYOUT):
        raise WrongWayError(field="kind")
    rows = Payout.objects.filter(gone_out(), alliance_id=entry.alliance_id)
    payout = rows.filter(pk=wanted.payout_id).first()
    if payout is None:
        raise NotFoundError
    if payout.currency != entry.currency:
        raise OtherCurrencyError(field="payout")
    others = BankMatch.objects.filter(payout=payout, kind=wanted.kind)
    if others.filter(state__in=[MatchState.WAITING, MatchState.APPROVED]).exists():
        raise PayoutMatchedError(field="payout")
    is_payment = wanted.kind is MatchKinds.PAYOUT
    difference = -entry.amount_minor - payout.amount_minor if is_payment else payout.amount_minor - entry.amount_minor
    if abs(difference) > fee_limit(payout.amount_minor, payout.currency) or (not is_payment and difference < 0):
        raise DifferenceTooLargeError(field="payout")
    return payout, difference
