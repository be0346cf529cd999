"""Files of rows for tests."""

import csv
import io
from collections.abc import Sequence


def csv_bytes(
    rows: Sequence[Sequence[str]], *, header: Sequence[str], encoding: str = "utf-8", delimiter: str = ","
) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([header, *rows])
    return text.getvalue().encode(encoding)


def xlsx_bytes(rows: Sequence[Sequence[object]], *, header: Sequence[str]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    for row in [header, *rows]:
        book.active.append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
