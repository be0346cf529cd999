"""Random worlds that live through orders, refunds, late and doubled events and closes, with the books checked after each step.

`manage.py simulate` runs them; everything is rolled back. A seed gives the same life again, alone or among others.
"""
