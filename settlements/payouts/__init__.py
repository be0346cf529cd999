"""Payouts: what is available leaves for the partners' banks, each payment exactly once."""
