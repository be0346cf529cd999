"""Settling in another currency than the agreement's: what a period makes available is exchanged when it closes."""
