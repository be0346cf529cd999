"""A first mapping for an uploaded file, from its header and its first rows."""

from itertools import islice
from typing import Final

from alliance.kernel.spreadsheets.columns import suggest_columns
from alliance.kernel.spreadsheets.keeping import open_stored
from alliance.kernel.spreadsheets.layout import FileKind, FileLayout
from alliance.kernel.spreadsheets.problems import FileRefusedError
from alliance.kernel.spreadsheets.rows import file_rows
from campaigns.domain.mapping import ROLES
from campaigns.domain.suggestions import COMMON_NAMES, suggest_decimal_mark, suggest_time_format
from campaigns.models import ImportPreview, OrderFile

_SAMPLE_ROWS: Final = 200
_WORKBOOK_SAMPLE_BYTES: Final = 1 << 20  # a larger workbook would be read whole for a guess
_PREFIX_OF_REFUNDS: Final = "C"
_PREFIX_OF_ADJUSTMENTS: Final = "A"


def guessed_mapping(order_file: OrderFile, *, zone: str) -> dict[str, object]:
    """Initial values of the mapping form; whatever can't be guessed is left to the person."""
    layout = FileLayout.from_json(order_file.layout)
    columns = suggest_columns(layout.header, COMMON_NAMES)
    rows = _sample(order_file, layout)

    def cells(role: str) -> list[str]:
        name = columns.get(role)
        index = layout.header.index(name) if name else len(layout.header)
        return [row[index] for row in rows if index < len(row)]

    initial: dict[str, object] = {role: columns.get(role, "") for role in ROLES}
    initial["time_format"] = suggest_time_format(cells("occurred_at")) or "%Y-%m-%d %H:%M:%S"
    initial["decimal_mark"] = suggest_decimal_mark(cells("unit_price"))
    initial["time_zone"] = zone
    initial["refund_prefixes"], initial["adjustment_prefixes"] = _PREFIX_OF_REFUNDS, _PREFIX_OF_ADJUSTMENTS
    latest = ImportPreview.objects.order_by("-queued_at").first()
    if latest is not None:
        initial["currency"] = latest.mapping.get("currency", "")
        initial["alliance"] = str(latest.alliance_id)
    return initial


def _sample(order_file: OrderFile, layout: FileLayout) -> list[list[str]]:
    if layout.kind is FileKind.XLSX and order_file.size_bytes > _WORKBOOK_SAMPLE_BYTES:
        return []
    try:
        with open_stored(order_file.stored_as) as file:
            return [cells for _number, cells in islice(file_rows(file, layout), _SAMPLE_ROWS)]
    except FileRefusedError:
        return []  # the preview says what is wrong
