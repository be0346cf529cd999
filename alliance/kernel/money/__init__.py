"""Money: minor units with an ISO currency, exact shares, and splitting without losing a unit.

`currencies` knows how many decimals a currency has, `amounts` reads and writes amounts, `allocation`
splits them. Nothing here ever sees a float.
"""

from alliance.kernel.money.allocation import (
    Allocation,
    AllocationError,
    RemainderPolicy,
    Splitter,
    allocate,
    allocate_cumulative,
    explain_allocation,
)
from alliance.kernel.money.amounts import (
    AmountError,
    TooManyDecimalsError,
    format_minor,
    half_up,
    minor_to_decimal,
    parse_amount,
    round_half_up,
    with_currency,
)
from alliance.kernel.money.currencies import UnknownCurrencyError, exponent

__all__ = [
    "Allocation",
    "AllocationError",
    "AmountError",
    "RemainderPolicy",
    "Splitter",
    "TooManyDecimalsError",
    "UnknownCurrencyError",
    "allocate",
    "allocate_cumulative",
    "explain_allocation",
    "exponent",
    "format_minor",
    "half_up",
    "minor_to_decimal",
    "parse_amount",
    "round_half_up",
    "with_currency",
]
