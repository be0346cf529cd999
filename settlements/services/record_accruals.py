"""Write accruals with their shares, and post their journals."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connections

from alliance.kernel.arrays import array_literal
from alliance.kernel.ids import new_id
from alliance.kernel.tenancy import database_alias
from campaigns.selectors import ConversionFact
from settlements.domain.outcomes import Outcome
from settlements.domain.placing import AgreementPeriod, Placement
from settlements.exchange.foreign import exchange_of
from settlements.ledger.domain import AccountKind, AccountSpec, JournalDraft, Leg
from settlements.ledger.services.open_accounts import open_accounts
from settlements.services.post_journal import post_journals
from settlements.terms_in_use import TermsInUse

_RECORD = (
    "SELECT settlements_record_accruals(%s, %s, %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::date[],"
    " %s::date[], %s::bigint[], %s::bigint[], %s::bigint[], %s, %s::int[], %s::uuid[], %s::bigint[])"
)


class PlannedAccrual(NamedTuple):
    """One conversion with its terms, what it comes to, the period it falls into, and the line it takes back."""

    fact: ConversionFact
    use: TermsInUse
    outcome: Outcome
    placement: Placement
    available_on: date | None = None
    original_id: UUID | None = None


def record_accruals(
    *, book_id: UUID, planned: Sequence[PlannedAccrual], periods: dict[AgreementPeriod, UUID], now: datetime
) -> set[UUID]:
    """Write each accrual once and post its journal; the conversions that had none before.

    One INSERT and one posting for any number. A conversion that another transaction accrues at the same time is
    waited for and then left alone. All of one alliance; `periods` must be held open (`open_periods`).
    """
    if not planned:
        return set()
    fresh = _insert(planned, periods, now)
    post_journals(book_id=book_id, drafts=_journals(book_id, [plan for plan in planned if plan.fact.id in fresh]))
    return fresh


def _insert(planned: Sequence[PlannedAccrual], periods: dict[AgreementPeriod, UUID], now: datetime) -> set[UUID]:
    shares = [(place, share) for place, plan in enumerate(planned, 1) for share in plan.outcome.shares]
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(
            _RECORD,
            [
                planned[0].fact.host_id,
                now,
                array_literal([new_id() for _ in planned]),
                array_literal([plan.fact.id for plan in planned]),
                array_literal([periods[plan.placement.period] for plan in planned]),
                array_literal([plan.use.version.version_id for plan in planned]),
                array_literal([plan.original_id for plan in planned]),
                array_literal([plan.placement.effective_on for plan in planned]),
                array_literal([plan.available_on for plan in planned]),
                array_literal([plan.outcome.base_minor for plan in planned]),
                array_literal([plan.outcome.deducted_minor for plan in planned]),
                array_literal([plan.outcome.unassigned_minor for plan in planned]),
                "\n".join([plan.outcome.explanation for plan in planned]),
                array_literal([place for place, _ in shares]),
                array_literal([party for _, (party, _amount) in shares]),
                array_literal([amount for _, (_party, amount) in shares]),
            ],
        )
        return {row[0] for row in cursor.fetchall()}


def _journals(book_id: UUID, planned: Collection[PlannedAccrual]) -> list[JournalDraft]:
    """The journals of those in which money moves."""
    specs: dict[UUID, _SpecsOf] = {}
    legs = []
    for plan in planned:
        version_id = plan.use.version.version_id
        if version_id not in specs:
            specs[version_id] = _SpecsOf(plan.use)
        legs.append(list(_legs(plan, specs[version_id])))
    named = {id(spec): spec for its_legs in legs for spec, _ in its_legs}
    opened = open_accounts(book_id=book_id, specs=sorted(set(named.values()), key=_order))
    accounts = {place: opened[spec] for place, spec in named.items()}
    return [
        JournalDraft(
            key=f"accrual:{plan.fact.id}",
            kind="accrual_refund" if plan.fact.amount_minor < 0 and plan.fact.kind != "adjustment" else "accrual",
            agreement_id=plan.use.version.agreement_id,
            effective_on=plan.placement.effective_on,
            occurred_at=plan.fact.occurred_at,
            legs=tuple([Leg(accounts[id(spec)], amount) for spec, amount in its_legs]),
        )
        for plan, its_legs in zip(planned, legs, strict=True)
        if its_legs
    ]


class _SpecsOf(dict[tuple[UUID, AccountKind], AccountSpec]):
    """The accounts that the conversions of one version touch, each written out once: thousands of journals name a handful."""

    def __init__(self, use: TermsInUse) -> None:
        super().__init__()
        self._agreement_id, self._currency = use.version.agreement_id, use.terms.currency

    def __missing__(self, key: tuple[UUID, AccountKind]) -> AccountSpec:
        organization_id, kind = key
        spec = self[key] = AccountSpec(organization_id, self._agreement_id, self._currency, kind)
        return spec


def _legs(plan: PlannedAccrual, specs: _SpecsOf) -> Iterator[tuple[AccountSpec, int]]:
    """Debit what customers paid; credit what came off, each party's part, and what is nobody's. No leg is zero.

    What they paid in another currency stands there, and goes through currency clearing: each currency sums to zero.
    """
    outcome, host_id = plan.outcome, plan.use.host_id
    yield from _paid(plan, specs[host_id, AccountKind.CLEARING])
    for deducted in outcome.deducted:
        is_host = deducted.organization_id == host_id
        kind = deducted.account if is_host else AccountKind.PENDING
        if deducted.amount_minor:
            yield specs[deducted.organization_id, kind], -deducted.amount_minor
    for party_id, amount in outcome.shares:
        if amount:
            yield specs[party_id, AccountKind.REVENUE if party_id == host_id else AccountKind.PENDING], -amount
    if outcome.unassigned_minor:
        yield specs[host_id, AccountKind.SUSPENSE], -outcome.unassigned_minor


def _paid(plan: PlannedAccrual, clearing: AccountSpec) -> Iterator[tuple[AccountSpec, int]]:
    """What customers paid, in the currency in which they did."""
    exchange, amount = exchange_of(plan.fact), plan.outcome.gross_minor
    if exchange is not None:
        foreign = replace(clearing, currency=exchange.currency)
        clearing = replace(clearing, kind=AccountKind.FX_CLEARING)
        if exchange.amount_minor:
            yield foreign, exchange.amount_minor
            yield replace(foreign, kind=AccountKind.FX_CLEARING), -exchange.amount_minor
    if amount:
        yield clearing, amount


def _order(spec: AccountSpec) -> tuple[str, str, str, str]:
    return str(spec.organization_id), str(spec.agreement_id), spec.currency, spec.kind.value
