"""The exact values of terms: shares, rates and amounts as text, never as a float; the base of every part."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from alliance.kernel.money.currencies import UnknownCurrencyError, exponent

_RATIO: Final = re.compile(r"([0-9]{1,12})(?:/([0-9]{1,12}))?", re.ASCII)
_PERCENT: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,18})?%", re.ASCII)
_AMOUNT: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,12})?", re.ASCII)
SHARE_PATTERN: Final = r"^[0-9]{1,12}(/[0-9]{1,12})?$|^[0-9]{1,9}(\.[0-9]{1,18})?%$"
COUNTRY_PATTERN: Final = r"^[A-Z]{2}$"
AMOUNT_PATTERN: Final = r"^[0-9]{1,15}(\.[0-9]{1,12})?$"


class Part(BaseModel):
    """What every part of terms is: frozen, every name known, whole values only."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, validate_default=True, populate_by_name=True)


def refuse(code: str, field: str = "", **values: object) -> PydanticCustomError:
    """An error of a rule: `code` names the sentence, `field` the input below the part that raises it."""
    context: dict[str, Any] = {"field": field, **values}
    return PydanticCustomError(code, code, context)


def _read_share(value: object) -> object:
    if isinstance(value, Fraction):
        return value
    text = value.strip() if isinstance(value, str) else ""
    if (ratio := _RATIO.fullmatch(text)) and int(ratio[2] or 1) > 0:
        return Fraction(int(ratio[1]), int(ratio[2] or 1))
    if _PERCENT.fullmatch(text):
        return Fraction(text[:-1]) / 100
    code = "share_unreadable"
    raise refuse(code)


def _read_amount(value: object) -> object:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, str) and _AMOUNT.fullmatch(value.strip()):
        return Decimal(value.strip())
    code = "amount_unreadable"
    raise refuse(code)


def plain_decimal(amount: Decimal) -> str:
    """The amount without exponent and without zeros at its end; the same amount always reads the same."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _at_most_one(share: Fraction) -> Fraction:
    if share > 1:
        code = "share_over_one"
        raise refuse(code)
    return share


def _above_zero(value: Fraction | Decimal) -> Fraction | Decimal:
    if value <= 0:
        code = "not_above_zero"
        raise refuse(code)
    return value


def _known_currency(code: str) -> str:
    try:
        exponent(code)
    except UnknownCurrencyError as error:
        reason = "unknown_currency"
        raise refuse(reason) from error
    return code


def is_country_code(code: str) -> bool:
    """Whether `code` has the form of ISO 3166-1 alpha-2."""
    return re.fullmatch(COUNTRY_PATTERN, code) is not None


def is_time_zone(name: str) -> bool:
    """Whether `name` is a zone of the IANA database."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _known_zone(name: str) -> str:
    if not is_time_zone(name):
        code = "unknown_time_zone"
        raise refuse(code)
    return name


_share_schema = WithJsonSchema(
    {"type": "string", "pattern": SHARE_PATTERN, "description": "An exact share: `3/5`, `1` or `60%`."}
)
_amount_schema = WithJsonSchema(
    {"type": "string", "pattern": AMOUNT_PATTERN, "description": "An exact amount in major units: `12.50`."}
)

Weight = Annotated[Fraction, BeforeValidator(_read_share), PlainSerializer(str, return_type=str), _share_schema]
Share = Annotated[Weight, AfterValidator(_at_most_one)]
Rate = Annotated[Share, AfterValidator(_above_zero)]
Amount = Annotated[
    Decimal,
    BeforeValidator(_read_amount),
    AfterValidator(_above_zero),
    PlainSerializer(plain_decimal, return_type=str),
    _amount_schema,
]
AmountOrZero = Annotated[
    Decimal, BeforeValidator(_read_amount), PlainSerializer(plain_decimal, return_type=str), _amount_schema
]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), AfterValidator(_known_currency)]
TimeZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_known_zone)]
Country = Annotated[str, StringConstraints(pattern=COUNTRY_PATTERN)]
Party = Annotated[UUID, Field(description="The id of an organization that is a party.")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


def minor_units(amount: Decimal, currency: str) -> Fraction:
    """The amount in the currency's minor units, exactly; not whole where it is finer than the smallest unit."""
    places: int = exponent(currency)
    return Fraction(amount) * int(10**places)
