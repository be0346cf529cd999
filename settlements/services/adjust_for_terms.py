"""What the terms give or take for a period as a whole: fixed amounts, guaranteed minimums, fees of chargebacks.

A step of closing.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connections
from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import DomainError
from alliance.kernel.tenancy import database_alias
from campaigns.selectors import conversion_circumstances
from partners.domain.evaluation.parts import round_earned
from partners.domain.terms.clauses import EarnsOn
from partners.domain.terms.exact import minor_units
from partners.domain.terms.limits import Guarantee
from partners.domain.terms.payments import Flat
from partners.selectors import TermsInForce, TermsTimeline
from settlements.domain.closing import missing_guarantee
from settlements.domain.pooling import pool, pool_clauses
from settlements.models import Accrual, AccrualShare, Adjustment, AdjustmentKind, Period
from settlements.period_terms import terms_of
from settlements.pooled_revenue import contributors_under, revenues_of
from settlements.services.record_adjustments import AdjustmentDraft, record_adjustments

_CLOSE: Final = "the close"
_EARNINGS: Final = (
    AdjustmentKind.FLAT_FEE,
    AdjustmentKind.POOLED_REVENUE,
    AdjustmentKind.CAP_APPROVED,
    AdjustmentKind.RERATED,
)
_CHARGEBACKS: Final = {"chargeback": -1, "chargeback_won": 1}


class RevenueMissingError(DomainError):
    """Nobody can share revenue that was not reported."""

    code = "revenue_missing"
    sentence = _("A party has not reported its revenue of this period yet, which the terms pool.")


def adjust_for_terms(*, period: Period, timeline: TermsTimeline, now: datetime) -> None:
    """Record the period's fixed amounts, fees of chargebacks and missing guarantees, on its last day.

    A guarantee is for the period of the orders: what came late or was refunded since makes up, or takes back, what was
    made up before. Raises `RevenueMissingError` where revenue is pooled that a party has not reported.
    """
    last_day = period.ends_on - timedelta(days=1)
    drafts = [*_flat_fees(period, timeline), *_pooled(period, timeline), *_chargeback_fees(period, timeline)]
    record_adjustments(period=period, effective_on=last_day, drafts=drafts, by=_CLOSE, now=now)
    guarantees = [
        draft for about in (period, *_touched(period, timeline)) for draft in _guarantees(period, about, timeline)
    ]
    record_adjustments(period=period, effective_on=last_day, drafts=guarantees, by=_CLOSE, now=now)


def _flat_fees(period: Period, timeline: TermsTimeline) -> Iterator[AdjustmentDraft]:
    version = terms_of(period, timeline)
    for clause in version.terms.clauses if version else ():
        if version is not None and clause.earns_on is EarnsOn.FLAT_FEE and isinstance(clause.pays, Flat):
            exact = minor_units(clause.pays.amount, period.currency)
            yield AdjustmentDraft(
                AdjustmentKind.FLAT_FEE,
                f"flat_fee:{period.id}:{clause.id}",
                clause.pays.party,
                clause.pays.payer,
                round_earned(exact, version.terms.rounding),
                reference=clause.name or clause.id,
                details={"clause": clause.id},
                terms_version_id=version.version_id,
            )


def _pooled(period: Period, timeline: TermsTimeline) -> Iterator[AdjustmentDraft]:
    version = terms_of(period, timeline)
    clauses = pool_clauses(version.terms) if version else ()
    if version is None or not clauses:
        return
    revenues = revenues_of(period)
    if contributors_under(version) - set(revenues):
        raise RevenueMissingError
    for clause in clauses:
        pooled = pool(version.terms, clause, revenues, host=period.host_id, at=period.starts_at)
        details = {
            "clause": clause.id,
            "pool_minor": pooled.revenue_minor,
            "put_in": [
                {"party": str(c.party), "weight": str(c.weight), "revenue_minor": revenues.get(c.party, 0)}
                for c in clause.pool
            ],
        }
        for transfer in pooled.transfers:
            yield AdjustmentDraft(
                AdjustmentKind.POOLED_REVENUE,
                f"pooled_revenue:{period.id}:{clause.id}:{transfer.party}",
                transfer.party,
                transfer.counterparty,
                transfer.amount_minor,
                reference=clause.name or clause.id,
                details=details,
                terms_version_id=version.version_id,
            )


def _chargeback_fees(period: Period, timeline: TermsTimeline) -> Iterator[AdjustmentDraft]:
    """What payment providers charged for chargebacks, or gave back for won ones, to whom the terms name."""
    if not _names_a_bearer(period, timeline):
        return
    rows = list(Accrual.objects.filter(period_id=period.id, kind__in=_CHARGEBACKS).order_by("id"))
    known = conversion_circumstances([row.conversion_id for row in rows])
    for row in rows:
        bearer = timeline.version(row.terms_version_id).terms.refunds.chargeback_fee
        circumstances = known.get(row.conversion_id)
        fee = abs(circumstances.reported.get("payment_fee", 0)) if circumstances else 0
        if bearer is not None and bearer != period.host_id:
            yield AdjustmentDraft(
                AdjustmentKind.CHARGEBACK_FEE,
                f"chargeback_fee:{row.conversion_id}",
                bearer,
                period.host_id,
                _CHARGEBACKS[row.kind] * fee,
                reference=row.reference,
                details={"fee_minor": fee},
                accrual_id=row.id,
                terms_version_id=row.terms_version_id,
            )


def _names_a_bearer(period: Period, timeline: TermsTimeline) -> bool:
    versions = timeline.of_agreement(period.agreement_id)
    return any(version.terms.refunds.chargeback_fee is not None for version in versions)


def _touched(period: Period, timeline: TermsTimeline) -> list[Period]:
    """Earlier periods in which what came in this one counts, as far as anything is guaranteed at all."""
    if not any(version.terms.guarantees for version in timeline.of_agreement(period.agreement_id)):
        return []
    with connections[database_alias()].cursor() as cursor:
        cursor.execute("SELECT settlements_touched(%s)", [period.id])
        ids = [row[0] for row in cursor.fetchall()]
    return list(Period.objects.filter(id__in=ids).order_by("starts_on"))


def _guarantees(period: Period, about: Period, timeline: TermsTimeline) -> Iterator[AdjustmentDraft]:
    version = terms_of(about, timeline)
    if version is None or not version.terms.guarantees:
        return
    earned, made_up = _earned(about), _made_up(about)
    came = _came_now(period, about)
    for guarantee in version.terms.guarantees:
        guaranteed = int(minor_units(guarantee.amount, period.currency))
        missing = missing_guarantee(guaranteed, earned[guarantee.party], made_up[guarantee.party])
        details = {
            "guaranteed_minor": guaranteed,
            "earned_minor": earned[guarantee.party],
            "made_up_minor": made_up[guarantee.party],
            "before_minor": earned[guarantee.party] - came[guarantee.party],
        }
        yield _made_up_by(guarantee, version, period, about, missing, details)


def _made_up_by(
    guarantee: Guarantee, version: TermsInForce, period: Period, about: Period, missing: int, details: dict[str, int]
) -> AdjustmentDraft:
    return AdjustmentDraft(
        AdjustmentKind.GUARANTEE,
        f"guarantee:{about.id}:{guarantee.party}:{period.id}",
        guarantee.party,
        guarantee.borne_by,
        missing,
        reference=str(about),
        details=details,
        about_period_id=about.id,
        terms_version_id=version.version_id,
    )


def _earned(about: Period) -> defaultdict[UUID, int]:
    """What each party earned for the period, whenever it came."""
    found: defaultdict[UUID, int] = defaultdict(int)
    with connections[database_alias()].cursor() as cursor:
        cursor.execute("SELECT organization_id, earned_minor FROM settlements_earned(%s)", [about.id])
        found.update(cursor.fetchall())
    _add(found, Adjustment.objects.filter(about_period_id=about.id, kind__in=_EARNINGS))
    return found


def _came_now(period: Period, about: Period) -> defaultdict[UUID, int]:
    """What of that came in this period: late conversions, refunds, adjustments; all of it where the two are the same."""
    found: defaultdict[UUID, int] = defaultdict(int)
    ordered = Coalesce("accrual__original__occurred_at", "accrual__occurred_at")
    rows = AccrualShare.objects.filter(accrual__period_id=period.id).annotate(ordered_at=ordered).order_by()
    own = rows.filter(ordered_at__gte=about.starts_at, ordered_at__lt=about.ends_at)
    sums = own.values_list("organization_id").annotate(total=Sum("share_minor"))
    found.update({party: int(total) for party, total in sums})
    adjusted = Adjustment.objects.filter(about_period_id=about.id, period_id=period.id, kind__in=_EARNINGS)
    _add(found, adjusted)
    return found


def _add(found: defaultdict[UUID, int], rows: QuerySet[Adjustment]) -> None:
    for party, other, amount in rows.values_list("organization_id", "counterparty_id", "amount_minor"):
        found[party] += amount
        if other is not None:
            found[other] -= amount


def _made_up(about: Period) -> defaultdict[UUID, int]:
    rows = Adjustment.objects.filter(about_period_id=about.id, kind=AdjustmentKind.GUARANTEE).order_by()
    sums = rows.values_list("organization_id").annotate(total=Sum("amount_minor"))
    return defaultdict(int, {party: int(total) for party, total in sums})
