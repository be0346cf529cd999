"""Give back withheld tax with what was paid and taken back since. A step of closing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Sum

from partners.selectors import TermsInForce
from settlements.exchange.wanted import foreign_payees
from settlements.ledger.domain import AccountKind, AccountSpec
from settlements.models import Adjustment, AdjustmentKind, Period
from settlements.payouts.models import PayoutPart, PayoutState
from settlements.services.find_balances import PartyBalances, find_balances
from settlements.services.record_adjustments import AdjustmentDraft, record_adjustments
from settlements.taxes.domain.withholding import reversal, unrecovered

_CLOSE = "the close"


@dataclass(frozen=True, slots=True)
class _Paid:
    """What arrived at a party before tax, and what of it was withheld: in the tax year, and in those before."""

    this_year: tuple[int, int]
    earlier: tuple[int, int]


def reverse_withholding(
    *, period: Period, version: TermsInForce | None, now: datetime, currency: str | None = None
) -> None:
    """A partner that owes what it was paid owes it without the tax that was withheld of it, in proportion.

    Only tax of payouts in the calendar year of the period's last day; of tax of earlier years a line says that it is not
    recoverable, and how much it was. Once later earnings have paid the debt, the reversal is taken back: less was paid
    then, so less is withheld by itself.

    Of those who are paid in the period's currency, or in another one: after its exchange, which has taken back what refunds
    took at the rate at which it was paid, so the tax goes back at that rate too. Its line is of 0 then, and moves money in
    that currency.
    """
    currency = currency or period.currency
    abroad = foreign_payees(period, version)
    rules = version.terms.withholding if version else ()
    parties = {rule.party for rule in rules if abroad.get(rule.party, period.currency) == currency}
    if not parties:
        return
    last_day, balances = period.ends_on - timedelta(days=1), find_balances(period, currency=currency)
    seats = [_Seat(period, party, currency, last_day) for party in sorted(parties)]
    drafts = [draft for seat in seats for draft in _drafts(seat, balances)]
    record_adjustments(period=period, effective_on=last_day, drafts=drafts, by=_CLOSE, now=now)


@dataclass(frozen=True, slots=True)
class _Seat:
    """One party under the agreement, in the currency in which it is paid."""

    period: Period
    party: UUID
    currency: str
    last_day: date

    @property
    def is_abroad(self) -> bool:
        return self.currency != self.period.currency


def _drafts(seat: _Seat, balances: PartyBalances) -> list[AdjustmentDraft]:
    party, year = seat.party, seat.last_day.year
    before_this_year, outstanding = _reversed(seat)
    owed = max(0, outstanding + balances.receivable(party) - balances.at_the_end(party))
    before = max(0, outstanding + balances.owed_before(party))
    paid = _paid(seat)
    gross, withheld = paid.this_year
    wanted = max(reversal(owed_minor=owed, paid_minor=gross, withheld_minor=withheld), min(before_this_year, owed))
    said = {"owed_minor": owed, "paid_minor": gross, "withheld_minor": withheld, "year": year}
    lost = unrecovered(
        owed, before, paid_minor=gross, earlier_paid_minor=paid.earlier[0], withheld_minor=paid.earlier[1]
    )
    found = [
        _reversing(
            seat,
            wanted - outstanding,
            {**said, "outstanding_minor": outstanding, "earlier_minor": before_this_year},
        )
    ]
    if lost:
        told = {
            "before_minor": before,
            "earlier_paid_minor": paid.earlier[0],
            "earlier_withheld_minor": paid.earlier[1],
        }
        found.append(_draft(AdjustmentKind.TAX_UNRECOVERED, seat, 0, {**said, **told, "tax_minor": lost}))
    return found


def _reversed(seat: _Seat) -> tuple[int, int]:
    """What of the tax has been given back until now: in years before, and in all."""
    rows = Adjustment.objects.filter(
        agreement_id=seat.period.agreement_id, organization_id=seat.party, kind=AdjustmentKind.TAX_REVERSED
    )
    earlier, whole = 0, 0
    for amount, details, day in rows.values_list("amount_minor", "details", "effective_on"):
        into = details.get("into")
        given = int(into["amount_minor"]) if into else int(amount)
        if (into["currency"] if into else seat.period.currency) == seat.currency:
            whole += given
            earlier += given if day.year < seat.last_day.year else 0
    return earlier, whole


def _reversing(seat: _Seat, amount_minor: int, said: dict[str, int]) -> AdjustmentDraft:
    if not seat.is_abroad or not amount_minor:
        return _draft(AdjustmentKind.TAX_REVERSED, seat, amount_minor, said)

    def spec(party_id: UUID, kind: AccountKind) -> AccountSpec:
        return AccountSpec(party_id, seat.period.agreement_id, seat.currency, kind)

    legs = (
        (spec(seat.party, AccountKind.AVAILABLE), -amount_minor),
        (spec(seat.period.host_id, AccountKind.TAX), amount_minor),
    )
    details = {**said, "into": {"currency": seat.currency, "amount_minor": amount_minor}}
    return _draft(AdjustmentKind.TAX_REVERSED, seat, 0, details, legs)


def _draft(
    kind: AdjustmentKind,
    seat: _Seat,
    amount_minor: int,
    details: Mapping[str, object],
    other_legs: tuple[tuple[AccountSpec, int], ...] = (),
) -> AdjustmentDraft:
    return AdjustmentDraft(
        kind,
        f"{kind.value}:{seat.period.id}:{seat.party}",
        seat.party,
        None,
        amount_minor,
        reference=str(details["year"]),
        details={**details, "currency": seat.currency},
        other_legs=other_legs,
        is_told_at_zero=kind is AdjustmentKind.TAX_UNRECOVERED,
    )


def _paid(seat: _Seat) -> _Paid:
    zone, year = ZoneInfo(seat.period.time_zone), seat.last_day.year
    begin = datetime(year, 1, 1, tzinfo=zone)
    parts = PayoutPart.objects.filter(
        agreement_id=seat.period.agreement_id,
        organization_id=seat.party,
        currency=seat.currency,
        payout__state=PayoutState.CONFIRMED,
        payout__confirmed_at__lt=datetime(year + 1, 1, 1, tzinfo=zone),
    )

    def sums(**when: datetime) -> tuple[int, int]:
        found = parts.filter(**when).aggregate(gross=Sum("gross_minor"), withheld=Sum("withheld_minor"))
        return int(found["gross"] or 0), int(found["withheld"] or 0)

    return _Paid(sums(payout__confirmed_at__gte=begin), sums(payout__confirmed_at__lt=begin))
