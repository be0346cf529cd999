"""The job behind an import: chunk by chunk, each a transaction of its own, resumed where it was cut off."""

import json
from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from alliance.kernel.actor import system_actor
from alliance.kernel.bulk import BulkInsert, Column
from alliance.kernel.ids import new_id
from alliance.kernel.jobs import JobContext
from alliance.kernel.spreadsheets.cells import RowError
from alliance.kernel.spreadsheets.keeping import open_stored
from alliance.kernel.spreadsheets.layout import FileLayout
from alliance.kernel.spreadsheets.working import chunks_left, problems_noted
from campaigns.domain.mapping import Mapping
from campaigns.domain.tally import Tally
from campaigns.models import OrderImport
from campaigns.readers.orders_in_file import FoundOrder, OrderFileReader
from campaigns.services.record_orders import Recorded, record_orders

_ERRORS: Final = BulkInsert(
    table="campaigns_orderimporterror",
    constants=(Column("organization_id", "uuid"), Column("order_import_id", "uuid")),
    columns=(
        Column("id", "uuid"),
        Column("row_number", "integer"),
        Column('"column"', "text", is_text=True),
        Column("code", "text"),
        Column("reference", "text", is_text=True),
        Column("cells", "jsonb", is_text=True),
    ),
    ending='ON CONFLICT (order_import_id, row_number, "column") DO NOTHING',
)
CHANGED: Final = "changed"
TOO_LARGE: Final = "refund_too_large"


def import_orders(
    job_id: UUID, context: JobContext, *, progress: Callable[[int, int], object] = lambda _done, _total: None
) -> None:
    """Record every order of the file that is not there yet; whatever can't be taken becomes an error row.

    The file is looked through to its end before anything is written. A chunk, its error rows, the counts and the
    number of chunks done commit together; so killed at any moment it goes on with the next chunk, and the end state
    is the same. `progress` hears (rows done, rows in all). Raises `FileRefusedError` for what is wrong with the file as
    a whole, after noting it in the row.
    """
    with context.transaction():
        order_import = OrderImport.objects.select_related("order_file").get(pk=job_id)
    with problems_noted(context):
        _read(order_import, context, progress)


def _read(order_import: OrderImport, context: JobContext, progress: Callable[[int, int], object]) -> None:
    layout, mapping = FileLayout.from_json(order_import.order_file.layout), Mapping.from_json(order_import.mapping)
    with (
        open_stored(order_import.order_file.stored_as) as file,
        OrderFileReader(file, layout, mapping, tick=context.renew) as reader,
    ):
        total = reader.scan()
        for number, chunk in chunks_left(reader.chunks(), done=order_import.chunks_done):
            with context.transaction():
                done = _take_chunk(order_import, context, number, chunk)
                context.report(done, total)
            progress(done, total)


def _take_chunk(order_import: OrderImport, context: JobContext, number: int, chunk: Sequence[FoundOrder]) -> int:
    """Record one chunk; returns how many rows of the file are dealt with."""
    tally = Tally.from_json(OrderImport.objects.values_list("tally", flat=True).get(pk=order_import.pk))
    recorded = record_orders(
        actor=system_actor(context.organization_id, label="order import"),
        alliance_id=order_import.alliance_id,
        import_id=order_import.pk,
        drafts=[order.draft for order in chunk if order.draft is not None],
        now=context.now,
    )
    _count(tally, chunk, recorded)
    _keep_errors(order_import, chunk, recorded)
    OrderImport.objects.filter(pk=order_import.pk).update(tally=tally.to_json(), chunks_done=number)
    return tally.rows


def _count(tally: Tally, chunk: Sequence[FoundOrder], recorded: Recorded) -> None:
    for draft in recorded.new:
        tally.add_new(draft)
    for draft in recorded.known:
        tally.add_known(draft)
    for draft in recorded.changed:
        tally.add_changed(len(draft.lines))
    for draft, _left in recorded.refused:
        tally.add_rejected(len(draft.lines), [RowError(draft.lines[0].row, "", TOO_LARGE)])
    for order in chunk:
        if order.draft is None:
            tally.add_rejected(len(order.rows), order.errors)
    tally.partner_codes_unknown.update(recorded.unknown_codes)


def _keep_errors(order_import: OrderImport, chunk: Sequence[FoundOrder], recorded: Recorded) -> None:
    """One row for each refused cell, with all cells of its row."""
    codes = {draft.reference: CHANGED for draft in recorded.changed}
    codes |= {draft.reference: TOO_LARGE for draft, _left in recorded.refused}
    rows: list[tuple[object, ...]] = []
    for order in chunk:
        errors: Sequence[RowError] = order.errors
        if order.draft is not None and order.reference in codes:
            errors = [RowError(number, "", codes[order.reference]) for number, _ in order.rows]
        cells = dict(order.rows) if errors else {}
        rows += [
            (new_id(), e.row, e.column, e.code, order.reference[:200], json.dumps(cells[e.row], ensure_ascii=False))
            for e in errors
        ]
    _ERRORS.run(rows, [order_import.organization_id, order_import.pk])
