"""The pages on which terms are written."""
