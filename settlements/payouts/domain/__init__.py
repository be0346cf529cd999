"""What is payable, and what an approval is bound to: pure rules."""
