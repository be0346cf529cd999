"""Pure rules of settlements: months, the split of a conversion, the canonical text of a statement."""
