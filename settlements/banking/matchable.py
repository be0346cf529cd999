"""Open bank entries and the payouts they may be, as matching sees them. Read in the host's scope."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from partners.onboarding.payees import payee_accounts
from settlements.banking.domain.matching import BankLine, ExpectedPayout, Suggestion, match_lines, references_in
from settlements.banking.models import BankEntry, BankMatch, MatchKinds, MatchState
from settlements.banking.repayable import expected_repayments
from settlements.payouts.models import Payout, PayoutState

UNDER_WAY: Final = (PayoutState.SENDING, PayoutState.UNKNOWN, PayoutState.ACCEPTED)
_LIVE: Final = (MatchState.WAITING, MatchState.APPROVED)


def open_entries() -> QuerySet[BankEntry, BankEntry]:
    """Entries that nobody takes for anything at present."""
    live = BankMatch.objects.filter(entry=OuterRef("pk"), state__in=_LIVE)
    return BankEntry.objects.filter(~Exists(live))


def gone_out() -> Q:
    """Payouts of which a bank may have something to say: on their way, or paid once."""
    return Q(state__in=UNDER_WAY) | Q(confirmed_at__isnull=False)


def suggestions_for(entries: Sequence[BankEntry], *, alliance_id: UUID, now: datetime) -> dict[UUID, Suggestion]:
    """What each of the entries of one alliance may be, by its id. A number of queries that does not grow with them."""
    lines = [_line(entry) for entry in entries]
    payouts = _expected(lines, alliance_id=alliance_id, now=now)
    debts = expected_repayments(alliance_id=alliance_id, now=now)
    return {UUID(found.line_id): found for found in match_lines(lines, payouts, debts)}


def _line(entry: BankEntry) -> BankLine:
    return BankLine(
        id=str(entry.pk),
        booked_on=entry.booked_on,
        currency=entry.currency,
        amount_minor=entry.amount_minor,
        end_to_end_id=entry.end_to_end_id,
        name=entry.name,
        accounts=frozenset(entry.fingerprints),
        text=entry.text,
        is_return=entry.is_return,
        is_charge=entry.is_charge,
    )


def _expected(lines: Iterable[BankLine], *, alliance_id: UUID, now: datetime) -> list[ExpectedPayout]:
    """Payouts that no entry has been found for, and those that the entries name, whatever was found for them."""
    named = {reference for line in lines for reference in references_in(line)}
    matched = BankMatch.objects.filter(payout=OuterRef("pk"), state__in=_LIVE)
    payouts = Payout.objects.filter(gone_out(), alliance_id=alliance_id).annotate(
        is_paid_at_the_bank=Exists(matched.filter(kind=MatchKinds.PAYOUT)),
        is_back_at_the_bank=Exists(matched.filter(kind=MatchKinds.RETURN)),
    )
    rows = list(payouts.filter(Q(is_paid_at_the_bank=False) | Q(reference__in=named)))
    accounts = payee_accounts({row.organization_id for row in rows}, at=now) if rows else {}
    found = []
    for row in rows:
        account = accounts.get(row.organization_id)
        is_same = account is not None and account.id == row.account_id
        found.append(
            ExpectedPayout(
                id=str(row.pk),
                end_to_end_id=row.reference,
                currency=row.currency,
                amount_minor=row.amount_minor,
                name=row.account_holder,
                accounts=frozenset(account.fingerprints) if account is not None and is_same else frozenset(),
                sent_on=(row.sent_at or row.prepared_at).date(),
                is_open=not row.is_paid_at_the_bank,
                is_returnable=not row.is_back_at_the_bank,
            )
        )
    return found
