"""Which files the portal offers of what."""

from typing import Final

from settlements.models import ExportFormat

BOOK_FORMATS: Final = (ExportFormat.BEANCOUNT, ExportFormat.HLEDGER)
AUDIT_OFFERS: Final = (ExportFormat.CSV, ExportFormat.JSONL)
