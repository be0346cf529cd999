"""Terms: what the parties agreed on, in a form that can be validated, hashed, read aloud and evaluated.

Start at `terms`; each part has its module. `problems` says what is wrong and where.
"""

from alliance.kernel.money.allocation import RemainderPolicy
from partners.domain.terms.clauses import Clause, EarnsOn
from partners.domain.terms.exact import is_time_zone
from partners.domain.terms.payments import PartyShare
from partners.domain.terms.problems import TermsError, TermsProblem
from partners.domain.terms.terms import SCHEMA, Terms

__all__ = [
    "SCHEMA",
    "Clause",
    "EarnsOn",
    "PartyShare",
    "RemainderPolicy",
    "Terms",
    "TermsError",
    "TermsProblem",
    "is_time_zone",
]
