"""Taxes: what organizations say of themselves, certificates, tax withheld from payouts, value-added tax on statements."""
