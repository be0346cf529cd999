"""How many decimals a currency has, by ISO 4217."""

from functools import cache

from iso4217 import Currency


class UnknownCurrencyError(ValueError):
    """The code is no ISO 4217 currency that money can be counted in."""

    def __init__(self, code: str) -> None:
        self.currency = code
        super().__init__(f"{code!r} is not a currency of ISO 4217.")


@cache
def exponent(currency: str) -> int:
    """The number of decimals of an ISO 4217 currency: 0 for JPY, 2 for EUR, 3 for KWD.

    Raises `UnknownCurrencyError`, also for codes without a minor unit (gold, test codes).
    """
    try:
        places = Currency(currency).exponent
    except ValueError as error:
        raise UnknownCurrencyError(currency) from error
    if places is None:
        raise UnknownCurrencyError(currency)
    return int(places)
