"""Write accruals with their shares, and post their journals."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connections

from alliance.kernel.ids import new_id
from alliance.kernel.tenancy import database_alias
from campaigns.selectors import ConversionFact
from partners.domain.timeline import TermsInForce
from settlements.domain.evaluation import Evaluation
from settlements.domain.placing import AgreementMonth, Placement
from settlements.ledger.domain import AccountKind, AccountSpec, JournalDraft, Leg
from settlements.ledger.services.open_accounts import open_accounts
from settlements.models import Section
from settlements.services.post_journal import post_journals

_INSERT = """
WITH draft AS MATERIALIZED (
  SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[],
                       %s::timestamptz[], %s::date[], %s::text[], %s::bigint[], %s::bigint[], %s::text[])
    AS d (id, conversion, agreement, period, terms_version, section, kind, reference, occurred_at, effective_on, currency,
          base, unassigned, explanation)
), fresh AS (
  INSERT INTO settlements_accrual (id, host_id, alliance_id, agreement_id, period_id, conversion_id, terms_version_id,
      section, kind, reference, occurred_at, effective_on, currency, base_minor, unassigned_minor, explanation,
      accrued_at, accrued_xid)
    SELECT id, %s, %s, agreement, period, conversion, terms_version, section, kind, reference, occurred_at, effective_on,
           currency, base, unassigned, explanation::jsonb, %s, pg_current_xact_id()
    FROM draft ORDER BY conversion
    ON CONFLICT (conversion_id) DO NOTHING RETURNING id, conversion_id, host_id, effective_on, currency
), shared AS (
  INSERT INTO settlements_accrualshare (id, accrual_id, organization_id, host_id, effective_on, currency, share_minor)
    SELECT s.id, s.accrual, s.organization, f.host_id, f.effective_on, f.currency, s.share
    FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::bigint[]) AS s (id, accrual, organization, share)
    JOIN fresh AS f ON f.id = s.accrual
)
SELECT conversion_id FROM fresh
"""


@dataclass(frozen=True, slots=True)
class PlannedAccrual:
    """One conversion with its terms, its split and the month it falls into."""

    fact: ConversionFact
    version: TermsInForce
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
    ids = [new_id() for _ in planned]
    facts = [plan.fact for plan in planned]
    shares = [(id_, part) for id_, plan in zip(ids, planned, strict=True) for part in plan.evaluation.parts]
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(
            _INSERT,
            [
                ids,
                [fact.id for fact in facts],
                [plan.version.agreement_id for plan in planned],
                [periods[plan.placement.agreement_month] for plan in planned],
                [plan.version.version_id for plan in planned],
                [str(Section.PRIOR if plan.placement.is_late else Section.CURRENT) for plan in planned],
                [fact.kind for fact in facts],
                [fact.reference for fact in facts],
                [fact.occurred_at for fact in facts],
                [plan.placement.effective_on for plan in planned],
                [fact.currency for fact in facts],
                [fact.amount_minor for fact in facts],
                [plan.evaluation.unassigned_minor for plan in planned],
                [json.dumps(plan.evaluation.explanation, separators=(",", ":")) for plan in planned],
                facts[0].host_id,
                facts[0].alliance_id,
                now,
                [new_id() for _ in shares],
                [accrual_id for accrual_id, _ in shares],
                [part.organization_id for _, part in shares],
                [part.part_minor for _, part in shares],
            ],
        )
        return {row[0] for row in cursor.fetchall()}


def _journals(book_id: UUID, planned: Collection[PlannedAccrual]) -> list[JournalDraft]:
    legs = {plan.fact.id: _legs(plan) for plan in planned}
    accounts = open_accounts(book_id=book_id, specs=(spec for each in legs.values() for spec, _ in each))
    return [
        JournalDraft(
            key=f"accrual:{plan.fact.id}",
            kind="accrual" if plan.fact.kind != "refund" else "accrual_refund",
            agreement_id=plan.version.agreement_id,
            effective_on=plan.placement.effective_on,
            occurred_at=plan.fact.occurred_at,
            legs=tuple(Leg(accounts[spec], amount) for spec, amount in legs[plan.fact.id]),
        )
        for plan in planned
    ]


def _legs(plan: PlannedAccrual) -> list[tuple[AccountSpec, int]]:
    """Debit what customers paid; credit each party's part, and what is nobody's to suspense. No leg of 0."""
    host_id, agreement_id, currency = plan.fact.host_id, plan.version.agreement_id, plan.fact.currency

    def spec(organization_id: UUID, kind: AccountKind) -> AccountSpec:
        return AccountSpec(organization_id, agreement_id, currency, kind)

    credits_ = [
        (
            spec(part.organization_id, AccountKind.REVENUE if part.organization_id == host_id else AccountKind.PENDING),
            part.part_minor,
        )
        for part in plan.evaluation.parts
    ]
    credits_.append((spec(host_id, AccountKind.SUSPENSE), plan.evaluation.unassigned_minor))
    debit = (spec(host_id, AccountKind.CLEARING), plan.fact.amount_minor)
    return [debit, *((account, -amount) for account, amount in credits_ if amount)]
