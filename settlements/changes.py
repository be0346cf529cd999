"""What statements estimated for their orders, and what became of it: refunds, chargebacks and adjustments about them.

Estimated is what an order earned its party when it was placed. Actual is what its statement left of that when it closed;
what changes an order later stands on a later statement and is named with its period.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Sum, UUIDField, Value, When
from django.db.models.functions import Coalesce

from settlements.models import TAX_KINDS, AccrualShare, Adjustment, AdjustmentKind, Section, Statement, StatementLine

BACK: Final = ("refund", "chargeback", "chargeback_won")
MOVED: Final = (  # money goes elsewhere; nothing is earned or taken back
    AdjustmentKind.EXCHANGED,
    AdjustmentKind.REPAYMENT,
    AdjustmentKind.ESCHEAT,
    AdjustmentKind.RECLAIMED,
)
COUNTS: Final = ~Q(kind__in=[*TAX_KINDS, *MOVED])
_COLUMNS: Final = (
    "day",
    "what",
    "name",
    "order_name",
    "delta_minor",
    "base_minor",
    "order_accrual",
    "accrual_pk",
    "adjustment_pk",
    "in_period",
    "starts_on",
    "ends_on",
    "status",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One refund, chargeback or adjustment of an order. Of `accrual_pk` and `adjustment_pk` one says which it is."""

    day: date
    what: str
    name: str
    order_name: str
    delta_minor: int
    base_minor: int
    order_accrual: UUID
    accrual_pk: UUID | None
    adjustment_pk: UUID | None
    in_period: UUID
    starts_on: date
    ends_on: date
    status: str


@dataclass(frozen=True, slots=True)
class EstimateFigures:
    """The share of a statement, divided: `estimated + changed + earlier + other` are its lines less tax and exchange.

    `changed` changes orders of this statement, `earlier` orders of statements before; `other` names no
    order: adjustments of a period as a whole, and refunds that a shop reports without their order.
    """

    estimated_minor: int
    changed_minor: int
    earlier_minor: int
    other_minor: int

    @property
    def actual_minor(self) -> int:
        """What the statement left of its own orders."""
        return self.estimated_minor + self.changed_minor

    @property
    def share_minor(self) -> int:
        """The sum of the lines less tax and exchange."""
        return self.actual_minor + self.earlier_minor + self.other_minor


def of_own_orders(period_id: UUID) -> Q:
    """Lines that change an order of the period itself."""
    by_adjustment = Q(adjustment__accrual__original__period_id=period_id) | Q(
        adjustment__accrual__original__isnull=True, adjustment__accrual__period_id=period_id
    )
    return Q(kind__in=BACK, accrual__original__period_id=period_id) | (Q(section=Section.ADJUSTMENT) & by_adjustment)


def of_earlier_orders(period_id: UUID) -> Q:
    """Lines that change an order of a period before."""
    is_about_an_order = Q(kind__in=BACK, accrual__original__isnull=False) | Q(
        section=Section.ADJUSTMENT, adjustment__accrual__isnull=False
    )
    return is_about_an_order & COUNTS & ~of_own_orders(period_id)


OF_ORDERS: Final = ~Q(section=Section.ADJUSTMENT) & ~Q(kind__in=BACK)
OF_NO_ORDER: Final = Q(kind__in=BACK, accrual__original__isnull=True) | (
    Q(section=Section.ADJUSTMENT, adjustment__accrual__isnull=True) & COUNTS
)


def estimate_figures(statement: Statement) -> EstimateFigures:
    """How the statement's lines divide. One query, over the lines that change something; none where all are orders."""
    if statement.line_count == statement.order_count:
        return EstimateFigures(statement.share_minor, 0, 0, 0)
    lines = StatementLine.objects.filter(Q(kind__in=BACK) | Q(section=Section.ADJUSTMENT), statement_id=statement.id)
    sums = lines.aggregate(
        changed=Coalesce(Sum("share_minor", filter=of_own_orders(statement.period_id)), 0),
        other=Coalesce(Sum("share_minor", filter=OF_NO_ORDER), 0),
        counted=Coalesce(Sum("share_minor", filter=COUNTS), 0),
        total=Coalesce(Sum("share_minor"), 0),
    )
    earlier = sums["counted"] - sums["changed"] - sums["other"]
    return EstimateFigures(statement.share_minor - sums["total"], sums["changed"], earlier, sums["other"])


def changes_of_orders(party_id: UUID, order_ids: Collection[UUID]) -> dict[UUID, list[Change]]:
    """What has changed each of these accruals for its party up to now, in order of time. One query; none for no order."""
    if not order_ids:
        return {}
    taken_back = _taken_back(party_id).filter(accrual__original_id__in=order_ids)
    about = Q(accrual__original_id__in=order_ids) | Q(accrual_id__in=order_ids)
    rows = taken_back.values_list(*_COLUMNS).union(_adjusted(party_id).filter(about).values_list(*_COLUMNS), all=True)
    found = defaultdict[UUID, list[Change]](list)
    for change in sorted((Change(*row) for row in rows), key=lambda one: (one.starts_on, one.day, one.name)):
        found[change.order_accrual].append(change)
    return dict(found)


class AfterSale(StrEnum):
    """What became of an order after it was sold, as its statement knew when it closed."""

    REFUNDED_IN_PART = "refunded_in_part"
    REFUNDED = "refunded"
    CHARGED_BACK = "charged_back"


@dataclass(frozen=True, slots=True)
class LineEstimate:
    """One order's line: what was estimated, what its statement changed of it, what later periods do.

    `settles_on` is the day on which a share inside its hold becomes available.
    """

    estimated_minor: int
    changed: tuple[Change, ...]
    later: tuple[Change, ...]
    settles_on: date | None
    after_sale: AfterSale | None

    @property
    def actual_minor(self) -> int:
        """What the statement left of it."""
        return self.estimated_minor + sum(change.delta_minor for change in self.changed)


def estimate_of(
    share_minor: int, base_minor: int, changed: Iterable[Change], ends_on: date, settles_on: date | None
) -> LineEstimate:
    """The line of an order on a statement that ends before `ends_on`."""
    own, later = list[Change](), list[Change]()
    for change in changed:
        (own if change.starts_on < ends_on else later).append(change)
    return LineEstimate(share_minor, tuple(own), tuple(later), settles_on, _after_sale(base_minor, own))


def _after_sale(base_minor: int, changed: Iterable[Change]) -> AfterSale | None:
    backs = [change for change in changed if change.what in BACK]
    charged = sum(change.base_minor for change in backs if change.what != "refund")
    return after_sale(base_minor, back_minor=sum(change.base_minor for change in backs), charged_minor=charged)


def after_sale(base_minor: int, *, back_minor: int, charged_minor: int) -> AfterSale | None:
    """What became of an order of `base_minor`: `back_minor` came back, below 0, of it `charged_minor` by chargebacks."""
    if charged_minor < 0:
        return AfterSale.CHARGED_BACK
    if back_minor >= 0:
        return None
    return AfterSale.REFUNDED if base_minor + back_minor <= 0 else AfterSale.REFUNDED_IN_PART


def later_changes(statement: Statement, *, period_id: UUID | None = None) -> QuerySet[Any, dict[str, Any]]:
    """Every change of a later period to an order on the statement, latest first, as dictionaries with the fields of `Change`.

    Of one period alone with `period_id`.
    """
    taken_back, adjusted = _later(statement)
    if period_id is not None:
        taken_back, adjusted = taken_back.filter(accrual__period_id=period_id), adjusted.filter(period_id=period_id)
    rows: QuerySet[Any, dict[str, Any]] = taken_back.values(*_COLUMNS)
    return rows.union(adjusted.values(*_COLUMNS), all=True).order_by("-starts_on", "-day", "name")


@dataclass(frozen=True, slots=True)
class PeriodChanges:
    """What one later period changed; `statement_id` is None while it is open."""

    starts_on: date
    ends_on: date
    period_id: UUID
    statement_id: UUID | None
    delta_minor: int


def changes_by_period(statement: Statement) -> list[PeriodChanges]:
    """What each later period changed of the statement's orders, in order of time. Two queries, one where nothing did."""
    sums = defaultdict[tuple[date, date, UUID], int](int)
    taken_back, adjusted = (_by_period(rows) for rows in _later(statement))
    for starts_on, ends_on, period_id, total in taken_back.union(adjusted, all=True):
        sums[starts_on, ends_on, period_id] += int(total)
    if not sums:
        return []
    of_party = Statement.objects.filter(
        period_id__in=[key[2] for key in sums], organization_id=statement.organization_id
    )
    statements = dict(of_party.values_list("period_id", "id"))
    return [PeriodChanges(*key, statements.get(key[2]), total) for key, total in sorted(sums.items())]


def _by_period(rows: QuerySet[Any]) -> QuerySet[Any, tuple[date, date, UUID, int]]:
    """What the changes of each period come to."""
    grouped: QuerySet[Any, Any] = rows.values_list("starts_on", "ends_on", "in_period").order_by()
    summed: QuerySet[Any, tuple[date, date, UUID, int]] = grouped.annotate(total=Sum("delta_minor"))
    return summed


def _later(statement: Statement) -> tuple[QuerySet[Any], QuerySet[Any]]:
    period_id = statement.period_id
    taken_back = _taken_back(statement.organization_id).filter(
        accrual__agreement_id=statement.agreement_id,
        accrual__period__starts_on__gte=statement.ends_on,
        accrual__original__period_id=period_id,
    )
    of_orders = Q(accrual__original__period_id=period_id) | Q(
        accrual__original__isnull=True, accrual__period_id=period_id
    )
    adjusted = _adjusted(statement.organization_id).filter(
        of_orders, agreement_id=statement.agreement_id, period__starts_on__gte=statement.ends_on
    )
    return taken_back, adjusted


def _taken_back(party_id: UUID) -> QuerySet[AccrualShare]:
    """The party's shares of refunds and chargebacks."""
    return AccrualShare.objects.filter(organization_id=party_id, accrual__original__isnull=False).annotate(
        day=F("effective_on"),
        what=F("accrual__kind"),
        name=F("accrual__reference"),
        order_name=F("accrual__original__reference"),
        delta_minor=F("share_minor"),
        base_minor=F("accrual__base_minor"),
        order_accrual=F("accrual__original_id"),
        accrual_pk=F("accrual_id"),
        adjustment_pk=Value(None, output_field=UUIDField()),
        in_period=F("accrual__period_id"),
        starts_on=F("accrual__period__starts_on"),
        ends_on=F("accrual__period__ends_on"),
        status=F("accrual__period__status"),
    )


def _adjusted(party_id: UUID) -> QuerySet[Adjustment]:
    """What was adjusted about orders, as it is to the party."""
    rows = Adjustment.objects.filter(COUNTS, accrual__isnull=False)
    return rows.filter(Q(organization_id=party_id) | Q(counterparty_id=party_id)).annotate(
        day=F("effective_on"),
        what=F("kind"),
        name=F("reference"),
        order_name=Coalesce("accrual__original__reference", "accrual__reference"),
        delta_minor=Case(
            When(organization_id=party_id, then=F("amount_minor")),
            default=-F("amount_minor"),
            output_field=BigIntegerField(),
        ),
        base_minor=Value(0, output_field=BigIntegerField()),
        order_accrual=Coalesce("accrual__original_id", "accrual_id"),
        accrual_pk=Value(None, output_field=UUIDField()),
        adjustment_pk=F("id"),
        in_period=F("period_id"),
        starts_on=F("period__starts_on"),
        ends_on=F("period__ends_on"),
        status=F("period__status"),
    )
