"""The job behind a preview: read the file to its end and count, writing nothing but the preview's own row."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from alliance.kernel.jobs import JobContext
from alliance.kernel.spreadsheets.keeping import open_stored
from alliance.kernel.spreadsheets.layout import FileLayout
from alliance.kernel.spreadsheets.working import problems_noted
from campaigns.domain.lines import ParsedLine
from campaigns.domain.mapping import Mapping
from campaigns.domain.tally import Tally
from campaigns.models import ImportPreview
from campaigns.readers.orders_in_file import FoundOrder, OrderFileReader
from campaigns.services.record_orders import known_contents
from partners.selectors import partner_codes

SAMPLE_LINES: Final = 15
EXAMPLE_ERRORS: Final = 50


def read_preview(job_id: UUID, context: JobContext) -> None:
    """Fill in the counts, the first lines and the first errors. Begins anew when it died.

    Raises `FileRefusedError` for what is wrong with the file as a whole, after noting it in the row.
    """
    with context.transaction():
        preview = ImportPreview.objects.select_related("order_file").get(pk=job_id)
    with problems_noted(context):
        found = _read(preview, context)
    with context.transaction():
        ImportPreview.objects.filter(pk=job_id).update(
            tally=found.tally.to_json(), sample=found.sample, examples=found.examples
        )


class _Findings:
    """What reading came to."""

    def __init__(self) -> None:
        self.tally = Tally()
        self.sample: list[dict[str, object]] = []
        self.examples: list[dict[str, object]] = []

    def show(self, chunk: Sequence[FoundOrder]) -> None:
        """Keep the first lines and the first errors."""
        for order in chunk:
            for error in order.errors[: EXAMPLE_ERRORS - len(self.examples)]:
                self.examples.append({**error._asdict(), "reference": order.reference[:80]})
            if order.draft is not None:
                room = SAMPLE_LINES - len(self.sample)
                self.sample += [_shown(line, order.draft.kind) for line in order.draft.lines[:room]]

    def show_changed(self, order: FoundOrder) -> None:
        """Keep an order that is there with other content among the first errors."""
        if len(self.examples) < EXAMPLE_ERRORS:
            row = order.rows[0][0]
            self.examples.append({"row": row, "column": "", "code": "changed", "reference": order.reference[:80]})


def _shown(line: ParsedLine, kind: str) -> dict[str, object]:
    return {
        "row": line.row,
        "reference": line.reference,
        "kind": kind,
        "occurred_at": line.occurred_at.isoformat(),
        "item": line.item,
        "description": line.description,
        "quantity": format(line.quantity, "f"),
        "unit_price": format(line.unit_price, "f"),
        "amount_minor": line.amount_minor,
        "customer": line.customer,
        "partner_code": line.partner_code,
    }


def _read(preview: ImportPreview, context: JobContext) -> _Findings:
    found = _Findings()
    layout, mapping = FileLayout.from_json(preview.order_file.layout), Mapping.from_json(preview.mapping)
    with (
        open_stored(preview.order_file.stored_as) as file,
        OrderFileReader(file, layout, mapping, tick=context.renew) as reader,
    ):
        total = reader.scan()
        for chunk in reader.chunks():
            with context.transaction():
                _count(preview.alliance_id, chunk, found)
                context.report(found.tally.rows, total)
            found.show(chunk)
    return found


def _count(alliance_id: UUID, chunk: Sequence[FoundOrder], found: _Findings) -> None:
    """Add a chunk to the tally, compared with what is recorded now."""
    tally = found.tally
    there = known_contents(alliance_id, [order.draft for order in chunk if order.draft is not None])
    codes = partner_codes(alliance_id=alliance_id)
    for order in chunk:
        if order.draft is None:
            tally.add_rejected(len(order.rows), order.errors)
        elif order.reference not in there:
            tally.add_new(order.draft)
            if order.draft.partner_code not in codes:
                tally.partner_codes_unknown[order.draft.partner_code] += 1
        elif there[order.reference] == order.draft.content_sha256:
            tally.add_known(order.draft)
        else:
            tally.add_changed(len(order.rows))
            found.show_changed(order)
