"""The use cases of answering a statement, a module each."""
