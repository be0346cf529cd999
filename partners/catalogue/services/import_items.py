"""The job behind an import of items: chunk by chunk, each a transaction of its own, resumed where it was cut off."""

import json
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from alliance.kernel.actor import Actor, system_actor
from alliance.kernel.bulk import BulkInsert, Column
from alliance.kernel.ids import new_id
from alliance.kernel.jobs import JobContext
from alliance.kernel.spreadsheets.cells import RowError
from alliance.kernel.spreadsheets.keeping import open_stored
from alliance.kernel.spreadsheets.layout import FileLayout
from alliance.kernel.spreadsheets.working import chunks_left, problems_noted
from partners.catalogue.category_tree import CategoryTree
from partners.catalogue.domain.items import ItemStatus
from partners.catalogue.domain.mapping import ItemMapping
from partners.catalogue.domain.tally import ItemTally
from partners.catalogue.domain.upserting import Defaults, Outcome
from partners.catalogue.models import ItemImport
from partners.catalogue.readers.items_in_file import FoundRow, ItemFileReader
from partners.catalogue.services.archive_missing_items import archive_missing_items, present_codes
from partners.catalogue.services.ensure_visibility import ensure_visibility
from partners.catalogue.services.upsert_items import SentItem, upsert_items

_ERRORS: Final = BulkInsert(
    table="partners_itemimporterror",
    constants=(Column("organization_id", "uuid"), Column("item_import_id", "uuid")),
    columns=(
        Column("id", "uuid"),
        Column("row_number", "integer"),
        Column('"column"', "text", is_text=True),
        Column("code", "text"),
        Column("reference", "text", is_text=True),
        Column("cells", "jsonb", is_text=True),
    ),
    ending='ON CONFLICT (item_import_id, row_number, "column", code) DO NOTHING',
)


def import_items(job_id: UUID, context: JobContext) -> None:
    """Create and change what the file holds; whatever can't be taken becomes an error row.

    The file is looked through to its end before anything is written. A chunk, its error rows, the counts and the
    number of chunks done commit together; so killed at any moment it goes on with the next chunk, and the end state
    is the same. Where the mapping says so, items that the file does not name are archived at the end (of a feed: those it brought). Raises
    `FileRefusedError` for what is wrong with the file as a whole, after noting it in the row.
    """
    with context.transaction():
        item_import = ItemImport.objects.select_related("item_file").get(pk=job_id)
        categories = CategoryTree.read().keys_by_name()
    mapping = ItemMapping.from_json(item_import.mapping)
    layout = FileLayout.from_json(item_import.item_file.layout)
    with (
        problems_noted(context),
        open_stored(item_import.item_file.stored_as) as file,
        ItemFileReader(file, layout, mapping, categories=categories, tick=context.renew) as reader,
    ):
        total = reader.scan()
        done = item_import.chunks_done
        for number, chunk in chunks_left(reader.chunks(done=done), done=done):
            with context.transaction():
                context.report(_take_chunk(item_import, context, number, chunk, reader), total)
        if mapping.archive_missing:
            _archive_missing(item_import, context, reader)


def _take_chunk(
    item_import: ItemImport, context: JobContext, number: int, chunk: Sequence[FoundRow], reader: ItemFileReader
) -> int:
    """Write one chunk; returns how many rows of the file are dealt with."""
    tally = _tally(item_import)
    mapping = ItemMapping.from_json(item_import.mapping)
    actor = _actor(context)
    place = ensure_visibility(actor=actor, visibility=mapping.visibility)
    rows = [row for row in chunk if row.parsed is not None]
    upserted = upsert_items(
        actor=actor,
        sent=[SentItem(draft=row.parsed.draft, status=row.parsed.status) for row in rows if row.parsed],
        defaults=Defaults(status=ItemStatus(mapping.new_status), visibility_id=place),
        import_id=item_import.pk,
        now=context.now,
    )
    outcomes = {row.row: done for row, done in zip(rows, upserted, strict=True)}
    refused: list[tuple[FoundRow, Sequence[RowError]]] = []
    for row in chunk:
        done = outcomes.get(row.row)
        if done is not None and done.outcome is not Outcome.REFUSED:
            tally.add(done.outcome)
            continue
        errors = row.errors or [
            RowError(row.row, reader.parser.column_of(issue.field), issue.code)
            for issue in (done.issues if done else ())
        ]
        tally.add_refused(error.code for error in errors)
        refused.append((row, errors))
    _keep_errors(item_import, refused)
    ItemImport.objects.filter(pk=item_import.pk).update(tally=tally.to_json(), chunks_done=number)
    return tally.rows


def _actor(context: JobContext) -> Actor:
    return system_actor(context.organization_id, label="item import")


def _tally(item_import: ItemImport) -> ItemTally:
    return ItemTally.from_json(ItemImport.objects.values_list("tally", flat=True).get(pk=item_import.pk))


def _keep_errors(item_import: ItemImport, refused: Sequence[tuple[FoundRow, Sequence[RowError]]]) -> None:
    """One row for each refused cell, with all cells of its row."""
    rows: list[tuple[object, ...]] = []
    for row, errors in refused:
        cells = json.dumps(row.cells, ensure_ascii=False)
        rows += [(new_id(), e.row, e.column, e.code, row.code[:200], cells) for e in errors]
    _ERRORS.run(rows, [item_import.organization_id, item_import.pk])


def _archive_missing(item_import: ItemImport, context: JobContext, reader: ItemFileReader) -> None:
    """Batch by batch; what an earlier attempt has archived is no longer looked at."""
    after = ""
    while True:
        with context.transaction():
            codes = present_codes(
                context.organization_id, after=after, before=item_import.queued_at, feed_id=item_import.feed_id
            )
            if not codes:
                return
            tally = _tally(item_import)
            missing = reader.missing(codes)
            tally.archived += archive_missing_items(
                actor=_actor(context), codes=missing, import_id=item_import.pk, now=context.now
            )
            ItemImport.objects.filter(pk=item_import.pk).update(tally=tally.to_json())
        after = codes[-1]
