"""Numbers that authorities give to companies: 统一社会信用代码 in China, VAT numbers in the European Union."""

import re
from typing import Final

from stdnum.cn import uscc
from stdnum.eu import vat
from stdnum.exceptions import ValidationError

CHINA: Final = "CN"
EU_COUNTRIES: Final = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905
)
_SEPARATORS: Final = re.compile(r"[\s./\-]+")
_GENERAL: Final = re.compile(r"[A-Z0-9]{4,30}")


def compact(number: str) -> str:
    """The number without spaces and separators, in capitals: how two spellings of it are told to be the same."""
    return _SEPARATORS.sub("", number).upper()


def is_credit_code(number: str) -> bool:
    """Whether it is a 统一社会信用代码, its check character included."""
    try:
        uscc.validate(number)
    except ValidationError:
        return False
    return True


def is_vat_number(number: str, country: str) -> bool:
    """Whether it is a VAT number of this member state, with its prefix; the format is checked, nobody is asked."""
    prefix = "EL" if country == "GR" else country
    compacted = compact(number)
    if not compacted.startswith(prefix):
        return False
    try:
        vat.validate(compacted)
    except ValidationError:
        return False
    return True


def is_plausible(number: str) -> bool:
    """Whether it could be a number of some authority: letters and digits, 4 to 30 of them."""
    return _GENERAL.fullmatch(compact(number)) is not None
