"""What the adjustments of a statement come of, as both their parties see it."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.db.models import F, TextField
from django.db.models.functions import Cast

from settlements.domain.adjustment_content import AdjustmentContent
from settlements.exports.events import events_about
from settlements.models import StatementLine

_FETCHED: Final = 1_000
_COLUMNS: Final = (
    "line_number",
    "adjustment_id",
    "adjustment__kind",
    "adjustment__organization_id",
    "adjustment__counterparty_id",
    "adjustment__about_period__starts_on",
    "adjustment__about_period__ends_on",
    "adjustment__effective_on",
    "adjustment__currency",
    "adjustment__amount_minor",
    "adjustment__terms_version__document_sha256",
    "adjustment__answers_id",
    "facts",
    "adjustment__reference",
    "adjustment__accrual_id",
)


def adjustments_of(statement_id: UUID) -> Iterator[tuple[int, AdjustmentContent]]:
    """Each with the number of its line, in their order. Iterate inside a transaction: they come through a server-side cursor."""
    lines = StatementLine.objects.filter(statement_id=statement_id, adjustment__isnull=False).order_by("line_number")
    told = lines.annotate(facts=Cast(F("adjustment__details"), TextField()))
    rows = told.values_list(*_COLUMNS).iterator(chunk_size=_FETCHED)
    while batch := list(islice(rows, _FETCHED)):
        events = events_about({row[-1] for row in batch if row[-1] is not None})
        for row in batch:
            yield row[0], _content(row, events[row[-1]].content.digest().hex() if row[-1] in events else "")


def _content(row: tuple[Any, ...], event_sha256: str) -> AdjustmentContent:
    _, id_, kind, party, other, begin, end, effective, currency, amount, terms, answers, facts, reference, _ = row
    return AdjustmentContent(
        id_,
        kind,
        party,
        other,
        begin,
        end,
        effective,
        currency,
        amount,
        terms or "",
        event_sha256,
        answers,
        facts,
        reference,
    )
