"""The catalogue: what organizations offer, to whom they show it, and how it comes in. Start at `README.md`."""
