"""Which files the portal offers of what."""

from typing import Final

from settlements.models import LEDGER_FORMATS, ExportFormat

STATEMENT_FORMATS: Final = tuple(choice for choice in ExportFormat if choice not in LEDGER_FORMATS)
BOOK_FORMATS: Final = tuple(choice for choice in ExportFormat if choice in LEDGER_FORMATS)
