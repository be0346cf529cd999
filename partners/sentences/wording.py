"""The words that sentences are made with: names, amounts, shares, days, lists; in the language that is active."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

from babel import Locale
from babel.dates import format_date, get_day_names
from babel.lists import format_list
from babel.numbers import format_decimal
from django.utils.translation import get_language, pgettext, to_locale
from django.utils.translation import gettext as _

from alliance.kernel.money import exponent

_DIGITS: Final = 12  # decimals of a percentage; what needs more is written as a fraction


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence. `key` names the part that it says: the same part of another version has the same key."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Sentences that belong together, such as those of one clause; without `title` where the section's is enough."""

    key: str
    title: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """What the terms say about one matter."""

    key: str
    title: str
    passages: tuple[Passage, ...]

    @property
    def sentences(self) -> Iterable[Sentence]:
        """All of them, in order."""
        return (sentence for passage in self.passages for sentence in passage.sentences)


@dataclass(frozen=True, slots=True)
class Wording:
    """What the sentences of one agreement have in common: how its parties are called, its currency and time zone."""

    names: Mapping[UUID, str]
    currency: str
    time_zone: str

    def party(self, party_id: UUID) -> str:
        """The name, or the id of an organization that the reader can't see."""
        return pgettext("a party by its name", "%(name)s") % {"name": self.names.get(party_id) or party_id}

    def money(self, amount: Decimal, currency: str | None = None) -> str:
        """`1,000.00 EUR`: every decimal the amount has, at least those of the currency, and always its code."""
        code = currency or self.currency
        return f"{exact_number(amount, at_least=exponent(code))}\u00a0{code}"


def babel_locale() -> Locale:
    """Babel's locale for the active language."""
    return Locale.parse(to_locale(get_language() or "en"))


def exact_number(value: Decimal | int, *, at_least: int = 0) -> str:
    """Every digit, with the language's grouping and `at_least` so many decimals."""
    number = Decimal(value)
    exponent_ = number.normalize().as_tuple().exponent
    places = max(at_least, -exponent_ if isinstance(exponent_, int) else 0)
    pattern = "#,##0." + "0" * places if places else "#,##0"
    return str(format_decimal(number, format=pattern, locale=babel_locale(), decimal_quantization=False))


def exact_share(share: Fraction | int) -> str:
    """`62.5%`, or `1/3` where the decimals have no end."""
    scaled = Fraction(share) * 100 * 10**_DIGITS
    if scaled.denominator != 1:
        return f"{share.numerator}/{share.denominator}"
    percent = Decimal(scaled.numerator).scaleb(-_DIGITS)
    return f"{exact_number(percent)}%"


def day(value: date) -> str:
    """A calendar day, written out."""
    return str(format_date(value, format="long", locale=babel_locale()))


def weekday(number: int) -> str:
    """The name of a day of the week; 1 is Monday."""
    return str(get_day_names("wide", locale=babel_locale())[number - 1])


def all_of(items: Iterable[str]) -> str:
    """`A, B and C`."""
    return str(format_list(list(items), style="standard", locale=babel_locale()))


def one_of(items: Iterable[str]) -> str:
    """`A, B or C`."""
    return str(format_list(list(items), style="or", locale=babel_locale()))


def quoted(text: str) -> str:
    """A name that somebody gave, as a name."""
    return _("“%(text)s”") % {"text": text}


def all_quoted(texts: Iterable[str]) -> str:
    """Names that somebody gave, all of them."""
    return all_of(quoted(text) for text in texts)


def country(code: str) -> str:
    """The name of an ISO 3166 country, or the code where the language has none."""
    return str(babel_locale().territories.get(code, code))


def folded(items: Sequence[str], *, middle: str, last: str) -> str:
    """One text out of several by patterns with `one` and `other`; `last` joins the last one."""
    text = items[0]
    for place, item in enumerate(items[1:], start=2):
        text = (last if place == len(items) else middle) % {"one": text, "other": item}
    return text


def together(conditions: Sequence[str]) -> str:
    """Conditions that all hold, as one description."""
    return folded(
        conditions,
        middle=pgettext("conditions that all hold", "%(one)s %(other)s"),
        last=pgettext("conditions that all hold, the last one", "%(one)s %(other)s"),
    )


def either(alternatives: Sequence[str]) -> str:
    """Descriptions of which one is enough."""
    pattern = pgettext("alternatives", "%(one)s; or to %(other)s")
    return folded(alternatives, middle=pattern, last=pattern)
