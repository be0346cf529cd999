"""The signed copy: a PDF/A-3 of an accepted version with its evidence, and how anybody checks it.

`content` gathers what it says, `sheet` writes it, `checking` reads it again.
"""
