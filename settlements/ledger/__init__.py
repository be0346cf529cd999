"""The ledger: one book for each alliance, defended by PostgreSQL. Start reading at `domain`, then docs/ledger.md."""
