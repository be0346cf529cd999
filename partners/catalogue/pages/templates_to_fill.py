"""Files of items to fill in, with two examples, in the language of the page."""

import csv
import io
import json
from typing import Final

import xlsxwriter

from partners.catalogue.mapping_forms import COLUMN_LABELS

ROLES: Final = (
    *("code", "kind", "title_zh", "title_en", "description_zh", "description_en", "category", "tags", "price"),
    *("currency", "image_urls", "page_url", "available_from", "available_until", "stock", "level"),
    *("duration_minutes", "brand", "minimum_age", "licence", "disclosure_zh", "disclosure_en", "status"),
)
_EXAMPLES: Final[tuple[dict[str, str], ...]] = (
    {
        "code": "COURSE-101",
        "kind": "course",
        "title_zh": "办公族力量训练",
        "title_en": "Strength training for desk workers",
        "category": "fitness.strength",
        "tags": "健身, strength",
        "price": "199.00",
        "currency": "CNY",
        "page_url": "https://shop.example/course-101",
        "image_urls": "https://shop.example/course-101.jpg",
        "level": "beginner",
        "duration_minutes": "480",
        "status": "published",
    },
    {
        "code": "LOAN-01",
        "kind": "financial_product",
        "title_zh": "新车贷款 36 期",
        "title_en": "New car loan, 36 months",
        "category": "auto_finance.car_loans",
        "minimum_age": "18",
        "disclosure_zh": "贷款有风险，请按能力借贷。",
        "disclosure_en": "Borrow within your means.",
        "available_from": "2026-01-01 00:00",
        "status": "draft",
    },
)


def csv_template() -> bytes:
    """CSV in UTF-8 with a mark, for Excel."""
    text = io.StringIO()
    csv.writer(text).writerows([_header(), *_rows()])
    return text.getvalue().encode("utf-8-sig")


def xlsx_template() -> bytes:
    """A workbook with one sheet."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([_header(), *_rows()]):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell)
        sheet.freeze_panes(1, 1)
    return content.getvalue()


def jsonl_template() -> bytes:
    """JSON Lines; its keys are the names of the API."""
    lines = [json.dumps(example, ensure_ascii=False) for example in _EXAMPLES]
    return ("\n".join(lines) + "\n").encode()


def _header() -> list[str]:
    return [str(COLUMN_LABELS[role]) for role in ROLES]


def _rows() -> list[list[str]]:
    return [[example.get(role, "") for role in ROLES] for example in _EXAMPLES]
