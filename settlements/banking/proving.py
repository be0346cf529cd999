"""Hold what the books have at the bank against what the bank says. Read in the host's scope; writes nothing."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Sum

from partners.selectors import agreements_of, hosted_alliances
from settlements.banking.domain.bank_proof import (
    ApartLine,
    BankProof,
    HeldAccount,
    Standing,
    WhyApart,
    lines_of_standings,
)
from settlements.banking.models import BankEntry, BankMatch, BankStatement, MatchKinds, MatchState
from settlements.ledger.domain import AccountKind
from settlements.ledger.selectors import accounts, balances, find_book
from settlements.payouts.models import Payout, PayoutState


def bank_proofs() -> list[BankProof]:
    """For each alliance and currency with money at the bank: both balances, and every line by which they differ.

    The lines come to the difference, to the minor unit; else `unexplained_minor` says what is left. A number of queries
    that grows with alliances and currencies only.
    """
    found = []
    for alliance in hosted_alliances():
        held = _held(alliance.id)
        standings, outside = _standings(alliance.id), _outside(alliance.id)
        for currency in sorted({*held, *standings, *outside}):
            lines = [
                *lines_of_standings(standings[currency]),
                *_open_lines(alliance.id, currency, standings[currency]),
                *outside[currency],
                *_payout_lines(alliance.id, currency),
            ]
            ordered = tuple(sorted(lines, key=lambda line: (line.on, line.why, line.pk)))
            known = (tuple(standings[currency]), tuple(held[currency]), ordered)
            found.append(BankProof(alliance.id, alliance.name, currency, *known))
    return found


def _held(alliance_id: UUID) -> defaultdict[str, list[HeldAccount]]:
    """The ledger's bank accounts, those of agreements by their names."""
    found: defaultdict[str, list[HeldAccount]] = defaultdict(list)
    book = find_book(alliance_id=alliance_id)
    banks = [account for account in accounts(book_id=book.id) if account.kind is AccountKind.BANK] if book else []
    if not banks:
        return found
    amounts, names = balances(account_ids=[bank.id for bank in banks]), {a.id: a.name for a in agreements_of()}
    for bank in banks:
        name = names.get(bank.agreement_id, "") if bank.agreement_id else ""
        found[bank.currency].append(HeldAccount(bank.id, name, amounts.get(bank.id, 0)))
    return found


def _standings(alliance_id: UUID) -> defaultdict[str, list[Standing]]:
    """Each account of which a statement has said a balance, by currency."""
    told = BankStatement.objects.filter(
        alliance_id=alliance_id, opening_minor__isnull=False, closing_minor__isnull=False
    )
    by_account: defaultdict[tuple[str, str], list[BankStatement]] = defaultdict(list)
    for statement in told.order_by("starts_on", "ends_on", "id"):
        by_account[statement.number, statement.currency].append(statement)
    found: defaultdict[str, list[Standing]] = defaultdict(list)
    for (number, currency), statements in sorted(by_account.items()):
        first, last = statements[0], max(statements, key=lambda one: (one.ends_on, one.starts_on, one.pk))
        assert first.opening_minor is not None  # both were asked for
        assert last.closing_minor is not None
        entries = _of_account(alliance_id, number, currency, first.starts_on, last.ends_on)
        total = entries.aggregate(sum=Sum("amount_minor"))["sum"] or 0
        found[currency].append(
            Standing(
                number, last.pk, first.starts_on, last.ends_on, first.opening_minor, last.closing_minor, int(total)
            )
        )
    return found


def _of_account(
    alliance_id: UUID, number: str, currency: str, begin: date, end: date
) -> QuerySet[BankEntry, BankEntry]:
    """The entries of one account that were booked on these days, both included."""
    return BankEntry.objects.filter(
        alliance_id=alliance_id,
        statement__number=number,
        currency=currency,
        booked_on__gte=begin,
        booked_on__lte=end,
    )


def _approved() -> Exists:
    return Exists(BankMatch.objects.filter(entry=OuterRef("pk"), state=MatchState.APPROVED))


def _open_lines(alliance_id: UUID, currency: str, standings: Sequence[Standing]) -> list[ApartLine]:
    """What the bank booked and nobody has approved as anything."""
    found = []
    for standing in standings:
        rows = _of_account(alliance_id, standing.number, currency, standing.first_on, standing.ends_on)
        for entry in rows.filter(~_approved()):
            name = entry.name or entry.end_to_end_id or entry.bank_reference or entry.text[:80]
            found.append(ApartLine(WhyApart.OPEN, entry.amount_minor, entry.booked_on, name, entry.pk))
    return found


def _outside(alliance_id: UUID) -> defaultdict[str, list[ApartLine]]:
    """Entries in the books on days for which the bank has told no balance of their account."""
    spans = {
        (standing.number, currency): (standing.first_on, standing.ends_on)
        for currency, standings in _standings(alliance_id).items()
        for standing in standings
    }
    found: defaultdict[str, list[ApartLine]] = defaultdict(list)
    rows = BankEntry.objects.filter(_approved(), alliance_id=alliance_id).annotate(number=F("statement__number"))
    for number, currency in {*rows.values_list("number", "currency").distinct().order_by()}:
        own = rows.filter(number=number, currency=currency)
        if span := spans.get((number, currency)):
            own = own.exclude(booked_on__range=span)
        found[currency] += [
            ApartLine(WhyApart.OUTSIDE, -entry.amount_minor, entry.booked_on, entry.name or entry.text[:80], entry.pk)
            for entry in own
        ]
    return found


def _payout_lines(alliance_id: UUID, currency: str) -> list[ApartLine]:
    """Payouts that are paid, or came back, by the books alone."""
    seen = BankMatch.objects.filter(payout=OuterRef("pk"), state=MatchState.APPROVED)
    paid = Payout.objects.filter(alliance_id=alliance_id, currency=currency, confirmed_at__isnull=False)
    found = [
        ApartLine(WhyApart.ON_ITS_WAY, payout.amount_minor, _day(payout), payout.reference, payout.pk)
        for payout in paid.filter(~Exists(seen.filter(kind=MatchKinds.PAYOUT)))
    ]
    back = paid.filter(~Exists(seen.filter(kind=MatchKinds.RETURN)), state=PayoutState.RETURNED)
    found += [
        ApartLine(WhyApart.BACK, -payout.amount_minor, _day(payout), payout.reference, payout.pk) for payout in back
    ]
    return found


def _day(payout: Payout) -> date:
    assert payout.confirmed_at is not None  # asked by the callers
    return payout.confirmed_at.date()
