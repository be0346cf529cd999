"""Approve what somebody else takes bank entries for: now it is in the books."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.banking.bank_journals import post_difference, post_match, reverse_suspense
from settlements.banking.models import BankMatch, MatchKinds, MatchState
from settlements.banking.services.hold_matches import decide, hold_matches
from settlements.banking.services.record_repayment import record_repayment
from settlements.payouts.gateways import Report, ReportStatus
from settlements.payouts.models import PayoutState
from settlements.payouts.services.settle_payout import settle_payout

MOST_AT_ONCE: Final = 1_000


class MatchedByYouError(DomainError):
    """Four eyes: who imported or proposed does not approve."""

    code = "proposed_by_you"
    status = 403
    sentence = _("You imported or proposed this. Somebody else has to approve it.")


class PayoutMovedOnError(DomainError):
    """The payout is not what the match took it for."""

    code = "payout_moved_on"
    sentence = _(
        "What has become of the payout in the meantime does not fit this entry. Reject the match and look at both."
    )


class TooManyMatchesError(DomainError):
    """One transaction has its limits."""

    code = "too_many_matches"
    sentence = _("At most 1,000 are approved at once.")


def approve_matches(*, actor: Actor, match_ids: Collection[UUID], now: datetime) -> int:
    """Approve them all or none; how many. One transaction.

    A payment confirms its payout unless the gateway has done so; a return brings its money back; a repayment takes what it
    brought off the partner's debt, on its statement; a fee, money of customers
    and suspense are posted, and so is the difference that a fee made. Raises `MatchedByYouError`, `MatchDecidedError`,
    `PayoutMovedOnError`, `DebtSmallerError`, `TooManyMatchesError`, `PeriodsKeepClosingError` (try again), `NotFoundError`,
    `PersonRequiredError`, `SecondFactorRequiredError`.
    """
    actor.require(Permission.BANK_APPROVE)
    actor.require_person()
    if len(match_ids) > MOST_AT_ONCE:
        raise TooManyMatchesError
    with atomic():
        matches = hold_matches(match_ids)
        if actor.user_id is None or any(match.proposed_by_id == actor.user_id for match in matches):
            raise MatchedByYouError
        for match in matches:
            _approve(actor, match, now)
    return len(matches)


def _approve(actor: Actor, match: BankMatch, now: datetime) -> None:
    journals = _out_of_suspense(match)
    if match.payout_id is not None:
        _settle(actor, match, now)
        journals += post_difference(match)
    elif match.kind == MatchKinds.REPAYMENT:
        journals += record_repayment(match, by=f"{match.proposed_by}; {actor.label}"[:160], now=now)
    else:
        journals += post_match(match)
    match.journal_ids = [str(journal_id) for journal_id in journals]
    decide(match, MatchState.APPROVED, by=actor, now=now)
    after = {"kind": match.kind, "amount_minor": match.amount_minor, "currency": match.currency}
    record(actor, "bank_match.approved", match, now=now, after=after)


def _out_of_suspense(match: BankMatch) -> list[UUID]:
    """What the entry was taken for until now, undone: only suspense may be followed by something else."""
    before = BankMatch.objects.select_for_update().filter(entry_id=match.entry_id, state=MatchState.APPROVED).first()
    if before is None:
        return []
    before.state = MatchState.REPLACED
    before.save(update_fields=["state"])
    return [reverse_suspense(before, match.entry.booked_on)]


def _settle(actor: Actor, match: BankMatch, now: datetime) -> None:
    """Have the payout be what the bank says of it. Saying again what its gateway has said changes nothing."""
    assert match.payout_id is not None  # asked by the caller
    reference = match.entry.bank_reference or match.entry.end_to_end_id
    paid = Report(ReportStatus.PAID, bank_reference=reference)
    state = settle_payout(actor=actor, payout_id=match.payout_id, report=paid, now=now)
    is_paid_once = match.payout is not None and match.payout.confirmed_at is not None
    if state != PayoutState.CONFIRMED and not (state == PayoutState.RETURNED and is_paid_once):
        raise PayoutMovedOnError
    if match.kind == MatchKinds.RETURN:
        back = Report(
            ReportStatus.RETURNED, bank_reference=reference, code=match.entry.return_reason, text=match.entry.text
        )
        settle_payout(actor=actor, payout_id=match.payout_id, report=back, now=now)
