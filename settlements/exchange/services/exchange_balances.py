"""Exchange what partners are paid in another currency. A step of closing."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from django.db import connections
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import DomainError
from alliance.kernel.money import half_up
from alliance.kernel.tenancy import database_alias
from partners.selectors import TermsInForce
from settlements.exchange.domain import Earlier, rest_of, taken_back
from settlements.exchange.models import Exchange
from settlements.exchange.wanted import day_of_rates, foreign_payees, rates_of
from settlements.ledger.domain import AccountKind, AccountSpec
from settlements.models import AdjustmentKind, Period
from settlements.rates.domain.choosing import ChosenRate, exchanged, rate_in_minor_units
from settlements.services.find_balances import find_balances
from settlements.services.record_adjustments import AdjustmentDraft, record_adjustments

_CLOSE = "the close"


class RateMissingError(DomainError):
    """Nobody can exchange without a rate."""

    code = "rate_missing"
    sentence = _("There is no exchange rate for the last day of the period. Import it, then close again.")


@dataclass(frozen=True, slots=True)
class _Part:
    """One exchange to be."""

    party: UUID
    amount_minor: int
    to_minor: int
    host_result_minor: int
    rate: ChosenRate
    answers: Exchange | None
    before: Earlier | None = None

    @property
    def key(self) -> str:
        return f"{self.party}:{self.answers.id}" if self.answers else str(self.party)


def exchange_balances(*, period: Period, version: TermsInForce | None, now: datetime) -> set[str]:
    """Exchange each such partner's available balance of the period's end at the rate of its last day; the currencies.

    What refunds and corrections take back of an earlier exchange goes at that one's rate, and the difference to the present rate is the
    host's. Raises `RateMissingError`. What comes to less than one unit waits.
    """
    wanted = foreign_payees(period, version)
    if not wanted:
        return set()
    balances = find_balances(period)
    amounts = {party: balances.at_the_end(party) for party in wanted}
    taken = _taken(period)
    moving = {party for party in wanted if amounts[party] or taken.get(party)}
    rates = rates_of(period, {wanted[party] for party in moving})
    parts = []
    for party in sorted(moving):
        if wanted[party] not in rates:
            raise RateMissingError
        rounding = version.terms.rounding.earner if version else "half_up"
        rate = rates[wanted[party]]
        back = taken.get(party, {})
        rest = rest_of(amounts[party], list(back.values()))
        parts += list(_answering(party, back, rate))
        parts.append(_Part(party, rest, exchanged(rest, rate, rounding=rounding), 0, rate, None))
    _record(period, [part for part in parts if part.amount_minor and part.to_minor], now)
    return set(wanted.values())


def _taken(period: Period) -> dict[UUID, dict[UUID, int]]:
    """By party and earlier exchange: what refunds that become due and corrections take back of it, in the period's currency."""
    found: defaultdict[UUID, dict[UUID, int]] = defaultdict(dict)
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(
            "SELECT organization_id, exchange_id, taken_minor FROM settlements_taken_after_exchange(%s)", [period.id]
        )
        for party, exchange, amount in cursor.fetchall():
            found[party][exchange] = int(amount)
    return found


def _answering(party: UUID, back: Mapping[UUID, int], rate: ChosenRate) -> Iterator[_Part]:
    rows = {row.id: row for row in Exchange.objects.filter(pk__in=list(back))}
    sums = Exchange.objects.filter(answers_id__in=list(back)).order_by().values_list("answers_id")
    before = {id_: (int(taken), int(given)) for id_, taken, given in sums.annotate(Sum("from_minor"), Sum("to_minor"))}
    unit = rate_in_minor_units(rate.rate, rate.base, rate.quote)
    for id_, amount in sorted(back.items()):
        row = rows[id_]
        if row.to_currency != rate.quote:
            continue  # another currency was agreed since: it goes with the rest
        own = rate_in_minor_units(Fraction(row.rate["rate"]), row.from_currency, row.to_currency)
        earlier = Earlier(id_, own, *before.get(id_, (0, 0)))
        to_minor = taken_back(earlier, amount)
        yield _Part(party, amount, to_minor, to_minor - half_up(unit * amount), rate, row, earlier)


def _record(period: Period, parts: list[_Part], now: datetime) -> None:
    drafts = [_draft(period, part) for part in parts]
    last_day = day_of_rates(period)
    ids = record_adjustments(period=period, effective_on=last_day, drafts=drafts, by=_CLOSE, now=now)
    Exchange.objects.bulk_create(
        [
            Exchange(
                host_id=period.host_id,
                agreement_id=period.agreement_id,
                period=period,
                organization_id=part.party,
                adjustment_id=ids[draft.key],
                answers=part.answers,
                from_currency=period.currency,
                from_minor=part.amount_minor,
                to_currency=part.rate.quote,
                to_minor=part.to_minor,
                rate=part.answers.rate if part.answers else part.rate.to_json(),
                host_result_minor=part.host_result_minor,
                exchanged_at=now,
            )
            for part, draft in zip(parts, drafts, strict=True)
            if draft.key in ids
        ]
    )


def _draft(period: Period, part: _Part) -> AdjustmentDraft:
    used = part.answers.rate if part.answers else part.rate.to_json()
    details = {
        "into": {"currency": part.rate.quote, "amount_minor": part.to_minor},
        "rate": used,
        "present_rate": part.rate.to_json() if part.answers else None,
        "host_result_minor": part.host_result_minor,
    }
    if part.before is not None:
        details["before"] = {"taken_minor": part.before.taken_minor, "back_minor": part.before.back_minor}

    def spec(party_id: UUID, kind: AccountKind) -> AccountSpec:
        return AccountSpec(party_id, period.agreement_id, part.rate.quote, kind)

    legs = (
        (spec(part.party, AccountKind.AVAILABLE), -part.to_minor),
        (spec(period.host_id, AccountKind.FX_CLEARING), part.to_minor - part.host_result_minor),
        (spec(period.host_id, AccountKind.FX_RESULT), part.host_result_minor),
    )
    return AdjustmentDraft(
        AdjustmentKind.EXCHANGED,
        f"exchanged:{period.id}:{part.key}",
        part.party,
        None,
        -part.amount_minor,
        reference=f"{part.rate.base} → {part.rate.quote}",
        details=details,
        answers_id=part.answers.adjustment_id if part.answers else None,
        other_legs=tuple((account, amount) for account, amount in legs if amount),
    )
