"""What finance sees first: queues of work with their money, and debts by age."""
