"""Use cases of banking."""
