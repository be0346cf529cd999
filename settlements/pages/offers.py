"""Which files the portal offers of what."""

from typing import Final

from settlements.models import ExportFormat

STATEMENT_FORMATS: Final = (ExportFormat.CSV, ExportFormat.XLSX, ExportFormat.JSON)
BOOK_FORMATS: Final = (ExportFormat.BEANCOUNT, ExportFormat.HLEDGER)
AUDIT_OFFERS: Final = (ExportFormat.CSV, ExportFormat.JSONL)
