"""What other apps and pages may ask of campaigns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from alliance.kernel.arrays import one_of
from alliance.kernel.errors import NotFoundError
from alliance.kernel.jobs import JobState
from campaigns.models import Conversion, OrderImport


@dataclass(frozen=True, slots=True)
class ConversionFact:
    """One conversion as settlements needs it. `amount_minor` is signed: refunds are negative.

    `partner_id` is None when no partner of the alliance has the code of the file; `agreement_id` is
    None when no agreement (or more than one) was in force at `occurred_at`.
    """

    id: UUID
    alliance_id: UUID
    host_id: UUID
    partner_id: UUID | None
    agreement_id: UUID | None
    kind: str
    reference: str
    occurred_at: datetime
    currency: str
    amount_minor: int
    order_id: UUID


_COLUMNS = (
    "id",
    "alliance_id",
    "host_id",
    "partner_id",
    "agreement_id",
    "kind",
    "reference",
    "occurred_at",
    "currency",
    "amount_minor",
    "order_id",
)


def conversion_facts(ids: Iterable[UUID | str]) -> list[ConversionFact]:
    """The conversions of `ids` that the open scope may see, in order of time, then id. One query."""
    rows = Conversion.objects.filter(id__in=one_of(ids)).order_by("occurred_at", "id").values_list(*_COLUMNS)
    return [ConversionFact(*row) for row in rows]


def conversion_fact(conversion_id: UUID) -> ConversionFact:
    """One conversion; raises `NotFoundError` when there is none or it is somebody else's."""
    facts: Sequence[ConversionFact] = conversion_facts([conversion_id])
    if not facts:
        raise NotFoundError
    return facts[0]


def unfinished_imports() -> int:
    """How many order imports of the scope's organization wait or run."""
    return OrderImport.objects.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).count()
