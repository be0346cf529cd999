"""Write accruals with their shares, and post their journals."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connections

from alliance.kernel.ids import new_id
from alliance.kernel.tenancy import database_alias
from campaigns.selectors import ConversionFact
from settlements.domain.evaluation import Evaluation, Evaluator
from settlements.domain.placing import AgreementMonth, Placement
from settlements.ledger.domain import AccountKind, AccountSpec, JournalDraft, Leg
from settlements.ledger.services.open_accounts import open_accounts
from settlements.services.post_journal import post_journals

_RECORD = (
    "SELECT settlements_record_accruals(%s, %s, %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::date[],"
    " %s::bigint[], %s, %s::int[], %s::uuid[], %s::bigint[])"
)


class PlannedAccrual(NamedTuple):
    """One conversion with its terms, its split and the month it falls into."""

    fact: ConversionFact
    evaluator: Evaluator
    evaluation: Evaluation
    placement: Placement


def record_accruals(
    *, book_id: UUID, planned: Sequence[PlannedAccrual], periods: dict[AgreementMonth, UUID], now: datetime
) -> set[UUID]:
    """Write each accrual once and post its journal; the conversions that had none before.

    One INSERT and one posting for any number. A conversion that another transaction accrues at the same time is
    waited for and then left alone. All of one alliance; `periods` must be held open (`open_months`).
    """
    if not planned:
        return set()
    fresh = _insert(planned, periods, now)
    drafts = _journals(book_id, [plan for plan in planned if plan.fact.id in fresh and plan.fact.amount_minor])
    post_journals(book_id=book_id, drafts=drafts)
    return fresh


def _insert(planned: Sequence[PlannedAccrual], periods: dict[AgreementMonth, UUID], now: datetime) -> set[UUID]:
    parties = [party_id for plan in planned for party_id in plan.evaluator.party_ids]
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(
            _RECORD,
            [
                planned[0].fact.host_id,
                now,
                [new_id() for _ in planned],
                [plan.fact.id for plan in planned],
                [periods[plan.placement.agreement_month] for plan in planned],
                [plan.evaluator.version.version_id for plan in planned],
                [plan.placement.effective_on for plan in planned],
                [plan.evaluation.unassigned_minor for plan in planned],
                "\n".join([plan.evaluation.explanation for plan in planned]),
                [place for place, plan in enumerate(planned, 1) for _ in plan.evaluator.party_ids],
                parties,
                [part for plan in planned for part in plan.evaluation.parts_minor],
            ],
        )
        return {row[0] for row in cursor.fetchall()}


def _journals(book_id: UUID, planned: Collection[PlannedAccrual]) -> list[JournalDraft]:
    accounts = _accounts(book_id, planned)
    return [
        JournalDraft(
            key=f"accrual:{plan.fact.id}",
            kind="accrual" if plan.fact.kind != "refund" else "accrual_refund",
            agreement_id=plan.evaluator.version.agreement_id,
            effective_on=plan.placement.effective_on,
            occurred_at=plan.fact.occurred_at,
            legs=tuple(
                Leg(account_id, amount)
                for account_id, amount in zip(accounts[plan.evaluator], _amounts(plan.evaluation), strict=True)
                if amount and account_id
            ),
        )
        for plan in planned
    ]


def _amounts(evaluation: Evaluation) -> tuple[int, ...]:
    """Debit what customers paid; credit each party's part, and what is nobody's."""
    return (evaluation.base_minor, *(-part for part in evaluation.parts_minor), -evaluation.unassigned_minor)


def _accounts(book_id: UUID, planned: Collection[PlannedAccrual]) -> dict[Evaluator, tuple[UUID | None, ...]]:
    """For each version the accounts of `_amounts`, opened where they are needed and new; None where nothing goes."""
    needed: dict[Evaluator, set[int]] = {}
    for plan in planned:
        places = needed.setdefault(plan.evaluator, set())
        places.update(place for place, amount in enumerate(_amounts(plan.evaluation)) if amount)
    specs = {evaluator: _specs(evaluator) for evaluator in needed}
    opened = open_accounts(
        book_id=book_id,
        specs=[specs[evaluator][place] for evaluator, places in needed.items() for place in sorted(places)],
    )
    return {evaluator: tuple(opened.get(spec) for spec in specs[evaluator]) for evaluator in needed}


def _specs(evaluator: Evaluator) -> list[AccountSpec]:
    """Clearing, then a party after the other, then suspense."""
    host_id, version = evaluator.host_id, evaluator.version

    def spec(organization_id: UUID, kind: AccountKind) -> AccountSpec:
        return AccountSpec(organization_id, version.agreement_id, version.terms.currency, kind)

    parties = [
        spec(party_id, AccountKind.REVENUE if party_id == host_id else AccountKind.PENDING)
        for party_id in evaluator.party_ids
    ]
    return [spec(host_id, AccountKind.CLEARING), *parties, spec(host_id, AccountKind.SUSPENSE)]
