"""One module for each use case of the ledger."""
