"""What happened in a period, as every party of the agreement sees it: events in the order in which they counted."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast

from alliance.kernel.arrays import one_of
from settlements.domain.event_content import EventContent
from settlements.models import Accrual

_FETCHED: Final = 1_000
_COLUMNS: Final = (
    "id",
    "conversion_id",
    "kind",
    "occurred_at",
    "currency",
    "base_minor",
    "deducted_minor",
    "terms_version__document_sha256",
    "facts",
    "reference",
    "original_id",
)


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One event, and the accrual that it takes back."""

    content: EventContent
    original_id: UUID | None


def events_of(period_id: UUID) -> Iterator[StoredEvent]:
    """The events of a period. Iterate inside a transaction: they come through a server-side cursor."""
    rows = _columns(Accrual.objects.filter(period_id=period_id).order_by("id")).iterator(chunk_size=_FETCHED)
    while batch := list(islice(rows, _FETCHED)):
        yield from _with_orders(batch)


def events_about(accrual_ids: Collection[UUID]) -> dict[UUID, StoredEvent]:
    """Any events, by accrual, whether they take something back or not."""
    rows = list(_columns(Accrual.objects.filter(id__in=one_of(accrual_ids)))) if accrual_ids else []
    return {event.content.accrual_id: event for event in _with_orders(rows)}


def refunds_of(accrual_ids: Collection[UUID]) -> Iterator[StoredEvent]:
    """What took back of these orders until now, in the order in which it counted."""
    rows = Accrual.objects.filter(original_id__in=one_of(accrual_ids)).order_by("id")
    return _with_orders(list(_columns(rows)) if accrual_ids else [])


def _with_orders(batch: Sequence[tuple[Any, ...]]) -> Iterator[StoredEvent]:
    orders = originals({row[-1] for row in batch if row[-1] is not None})
    for row in batch:
        order = orders.get(row[-1])
        yield _stored(row, order.content.digest().hex() if order else "")


def originals(accrual_ids: Collection[UUID]) -> dict[UUID, StoredEvent]:
    """The events of orders, by accrual: they take nothing back themselves."""
    if not accrual_ids:
        return {}
    rows = _columns(Accrual.objects.filter(id__in=one_of(accrual_ids)))
    return {row[0]: _stored(row, "") for row in rows}


def _columns(rows: QuerySet[Accrual, Accrual]) -> QuerySet[Accrual, tuple[Any, ...]]:
    return rows.annotate(facts=Cast(F("explanation__facts"), TextField())).values_list(*_COLUMNS)


def _stored(row: tuple[Any, ...], takes_back: str) -> StoredEvent:
    id_, conversion_id, kind, occurred_at, currency, base, deducted, terms, facts, reference, original_id = row
    content = EventContent(
        id_, conversion_id, kind, occurred_at, currency, base + deducted, terms, takes_back, facts or "", reference
    )
    return StoredEvent(content, original_id)
