"""Rules about payments and bank entries, free of Django, clocks and I/O."""
