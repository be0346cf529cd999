"""The outbox: messages written with their facts, carried to subscribers by rows, not by luck.

`publishing` writes, `relay` hints, `delivery` acts under a receipt, `upkeep` retries and cleans.
Why it is built so: docs/reliability.md.
"""
