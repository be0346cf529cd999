"""One module, one use case."""
