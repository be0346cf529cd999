"""The job behind a preview of items: read the file to its end and count, writing nothing but the preview's own row."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from alliance.kernel.ids import new_id
from alliance.kernel.jobs import JobContext
from alliance.kernel.spreadsheets.cells import RowError
from alliance.kernel.spreadsheets.keeping import open_stored
from alliance.kernel.spreadsheets.layout import FileLayout
from alliance.kernel.spreadsheets.working import problems_noted
from partners.catalogue.category_tree import CategoryTree
from partners.catalogue.domain.items import ItemDraft, ItemStatus
from partners.catalogue.domain.mapping import ItemMapping
from partners.catalogue.domain.tally import ItemTally
from partners.catalogue.domain.upserting import Defaults, Outcome
from partners.catalogue.models import ItemPreview
from partners.catalogue.readers.items_in_file import FoundRow, ItemFileReader
from partners.catalogue.services.archive_missing_items import present_codes
from partners.catalogue.services.upsert_items import SentItem, judge_items

SAMPLE_ROWS: Final = 10
EXAMPLE_ERRORS: Final = 50


def read_item_preview(job_id: UUID, context: JobContext) -> None:
    """Fill in the counts, the first items and the first errors. Begins anew when it died.

    Raises `FileRefusedError` for what is wrong with the file as a whole, after noting it in the row.
    """
    with context.transaction():
        preview = ItemPreview.objects.select_related("item_file").get(pk=job_id)
        tree = CategoryTree.read()
    reading = _Reading(context.organization_id, ItemMapping.from_json(preview.mapping), tree)
    layout = FileLayout.from_json(preview.item_file.layout)
    with (
        problems_noted(context),
        open_stored(preview.item_file.stored_as) as file,
        ItemFileReader(file, layout, reading.mapping, categories=tree.keys_by_name(), tick=context.renew) as reader,
    ):
        total = reader.scan()
        for chunk in reader.chunks():
            with context.transaction():
                reading.take(reader, chunk)
                context.report(reading.tally.rows, total)
        if reading.mapping.archive_missing:
            reading.count_missing(reader, context)
    with context.transaction():
        ItemPreview.objects.filter(pk=job_id).update(
            tally=reading.tally.to_json(), sample=reading.sample, examples=reading.examples
        )


class _Reading:
    """What reading comes to."""

    def __init__(self, organization_id: UUID, mapping: ItemMapping, tree: CategoryTree) -> None:
        self.mapping = mapping
        self.tally = ItemTally()
        self.sample: list[dict[str, object]] = []
        self.examples: list[dict[str, object]] = []
        self._organization_id, self._tree = organization_id, tree
        # Where the visibility of new items would stand is of no matter to what is counted.
        self._defaults = Defaults(status=ItemStatus(mapping.new_status), visibility_id=new_id())

    def take(self, reader: ItemFileReader, chunk: Sequence[FoundRow]) -> None:
        """Count a chunk, compared with what is there now."""
        rows = [row for row in chunk if row.parsed is not None]
        sent = [SentItem(draft=row.parsed.draft, status=row.parsed.status) for row in rows if row.parsed]
        judged = judge_items(organization_id=self._organization_id, sent=sent, defaults=self._defaults, tree=self._tree)
        outcomes = {row.row: judgement for row, (judgement, _) in zip(rows, judged, strict=True)}
        for row in chunk:
            judgement = outcomes.get(row.row)
            if judgement is None:
                self._refuse(row, row.errors)
            elif judgement.outcome is Outcome.REFUSED:
                issues = [RowError(row.row, reader.parser.column_of(i.field), i.code) for i in judgement.issues]
                self._refuse(row, issues)
            else:
                self.tally.add(judgement.outcome)
                self._show(row, judgement.outcome, judgement.status)

    def count_missing(self, reader: ItemFileReader, context: JobContext) -> None:
        """Count the items that the file does not name."""
        after = ""
        while True:
            with context.transaction():
                codes = present_codes(self._organization_id, after=after, before=context.now)
            if not codes:
                return
            self.tally.archived += len(reader.missing(codes))
            after = codes[-1]

    def _refuse(self, row: FoundRow, errors: Sequence[RowError]) -> None:
        self.tally.add_refused(error.code for error in errors)
        for error in errors[: EXAMPLE_ERRORS - len(self.examples)]:
            self.examples.append({**error._asdict(), "reference": row.code[:80]})

    def _show(self, row: FoundRow, outcome: Outcome, status: str) -> None:
        if len(self.sample) < SAMPLE_ROWS and row.parsed is not None:
            self.sample.append(_shown(row.row, row.parsed.draft, outcome, status))


def _shown(row: int, draft: ItemDraft, outcome: Outcome, status: str) -> dict[str, object]:
    return {
        "row": row,
        "outcome": outcome.value,
        "code": draft.code,
        "kind": draft.kind,
        "title": draft.title_zh or draft.title_en,
        "category": draft.category,
        "price_minor": draft.price_minor,
        "currency": draft.currency,
        "stock": draft.stock,
        "status": status,
    }
