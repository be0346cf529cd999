"""Invoices for statements: issued by the host on its partner's behalf, or the partner's own, matched against the statement."""
