"""Pure rules of exchange rates."""
