"""The use cases of partners, one module each."""
