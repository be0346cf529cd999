"""What is hashed, and how: pure functions that anybody can write again from docs/proof.md."""
