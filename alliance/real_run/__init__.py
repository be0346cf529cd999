"""The whole way from an order file to checked statements, in one go on a database of its own (docs/real-run.md)."""
