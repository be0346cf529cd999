"""Forms of terms: JSON to inputs and back without loss. `declared` has the kinds, `clause` and `sections` the terms'."""
