"""Import a file of items: read, check, compare, write, publish what changed; row-level security on.

CSV, XLSX and JSON Lines of ITEMS items (100,000), each into an empty catalogue; the CSV again with nothing and with one
item in a hundred changed; and a tenth of the CSV, whose memory shows whether memory grows with the file. Yardstick: COPY
of the same items into a bare table (no index, no key, no policy).
"""

import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psycopg
import xlsxwriter

from benchmarks.measure import Contender, Sample, interleave, report, timed
from partners.catalogue.domain.mapping import ItemMapping

ITEMS: Final = int(os.environ.get("ITEMS", "100000"))
ROUNDS: Final = int(os.environ.get("IMPORT_ROUNDS", "3"))
HEADER: Final = (
    *("code", "kind", "title_zh", "title_en", "description_zh", "description_en", "category", "tags", "price"),
    *("image_urls", "page_url", "available_from", "stock", "level", "duration_minutes", "brand", "attributes"),
)
MAPPING: Final = ItemMapping(
    columns={name: name for name in HEADER}, default_currency="CNY", new_status="published", archive_missing=True
)
_CATEGORIES: Final = ("fitness.strength", "home.lighting", "education.money", "auto_finance.car_loans")
BARE: Final = """
DROP TABLE IF EXISTS bare_items;
CREATE TABLE bare_items (code text, kind text, title_zh text, title_en text, description_zh text, description_en text,
  category text, tags text, price numeric, image_urls text, page_url text, available_from timestamptz, stock int,
  level text, duration_minutes int, brand text, attributes jsonb)
"""
_BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC).isoformat()


def made_items(count: int, *, changed: int = 0) -> Iterator[tuple[str, ...]]:
    """`count` items, the first `changed` of them at another price."""
    for n in range(count):
        yield (
            f"ITEM-{n:06}",
            "course",
            f"力量训练第 {n} 课",
            f"Strength training, lesson {n}",
            "录播课程，可反复观看，附讲义与练习。",
            "Recorded lessons to watch again, with notes and exercises for every week.",
            _CATEGORIES[n % len(_CATEGORIES)],
            f"fitness, batch {n % 50}",
            f"{n % 900 + (500 if n < changed else 1)}.50",
            f"https://images.example/{n}.jpg",
            f"https://shop.example/items/{n}",
            _BEGIN,
            str(n % 400),
            "beginner",
            str(n % 300 + 10),
            f"Instructor {n % 200}",
            json.dumps({"lessons": n % 40, "language": "zh"}),
        )


def write_csv(path: Path, count: int, *, changed: int = 0) -> Path:
    """The items as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *made_items(count, changed=changed)])
    return path


def _write_jsonl(path: Path, count: int) -> Path:
    with path.open("w", encoding="utf-8") as file:
        for item in made_items(count):
            file.write(json.dumps(dict(zip(HEADER, item, strict=True)), ensure_ascii=False) + "\n")
    return path


def _write_xlsx(path: Path, count: int) -> Path:
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([HEADER, *made_items(count)]):
            sheet.write_row(number, 0, row)
    return path


def _import(*paths: Path) -> Sample:
    command = [sys.executable, "-m", "benchmarks.import_items_in_child", *map(str, paths)]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return Sample(**json.loads(output.splitlines()[-1]))


def _copied(connection: psycopg.Connection) -> int:
    with connection.cursor() as cursor, cursor.copy("COPY bare_items FROM STDIN") as copy:
        for row in made_items(ITEMS):
            copy.write_row(row)
    return ITEMS


def main() -> None:
    """Measure and report."""
    with (
        tempfile.TemporaryDirectory() as folder,
        psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as plain,
    ):
        place = Path(folder)
        whole, tenth = write_csv(place / "items.csv", ITEMS), write_csv(place / "tenth.csv", ITEMS // 10)
        changed = write_csv(place / "changed.csv", ITEMS, changed=ITEMS // 100)
        xlsx, jsonl = _write_xlsx(place / "items.xlsx", ITEMS), _write_jsonl(place / "items.jsonl", ITEMS)

        def bare() -> Sample:
            plain.execute(BARE.encode())
            return timed(lambda: _copied(plain), backend_pid=plain.info.backend_pid)

        samples = interleave(
            [
                Contender("COPY", bare),
                Contender("CSV, a tenth", lambda: _import(tenth)),
                Contender("CSV", lambda: _import(whole)),
                Contender("XLSX", lambda: _import(xlsx)),
                Contender("JSON Lines", lambda: _import(jsonl)),
                Contender("CSV again", lambda: _import(whole, whole)),
                Contender("CSV, 1 % changed", lambda: _import(whole, changed)),
            ],
            rounds=ROUNDS,
            warm_up=0,
        )
        plain.execute("DROP TABLE bare_items")
    report(
        "import_items",
        samples,
        yardstick="COPY",
        sizes={"rounds": ROUNDS, "items": ITEMS},
    )
    for name in ("CSV", "XLSX", "JSON Lines"):
        seconds = statistics.median(sample.seconds for sample in samples[name])
        grown = samples[name][0].peak_memory / samples["CSV, a tenth"][0].peak_memory
        print(f"{name}: {seconds:.0f} s for {ITEMS:,} items, {grown:.2f} x the memory of a tenth of them as CSV")
