"""The use cases of keys, one module each."""
