"""Money at the bank: the files that tell a bank to pay, what the bank says it did, and how the two are held together.

Start reading at `domain/matching.py`; the flow is told in `docs/flows/bank-reconciliation.md`.
"""
