"""The tables of settlements, a module for each aggregate. The ledger's own stand in `settlements.ledger`."""

from settlements.ledger.models import Account, Book, Entry, Journal, LedgerPeriod

__all__ = ["Account", "Book", "Entry", "Journal", "LedgerPeriod"]
