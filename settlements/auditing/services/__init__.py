"""Use cases of the auditor."""
