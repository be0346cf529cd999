"""How a form of JSON is declared: inputs, parts, rows that repeat, and parts whose inputs depend on a choice.

The name of an input is the path of its value: `pays.shares.0.share`. A problem names the same path, so it finds its
input by itself, and what is typed goes back to where it came from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias, TypeVar

from django.utils.functional import Promise

S = TypeVar("S", bound=str)
Text: TypeAlias = "str | Promise"
Choices = tuple[tuple[str, Text], ...]


class Kind(StrEnum):
    """What an input takes. `lines` and `checks` take several values, the others one."""

    TEXT = "text"
    NUMBER = "number"
    SHARE = "share"
    AMOUNT = "amount"
    DATE = "date"
    TIME = "time"
    CHOICE = "choice"
    NUMBER_CHOICE = "number_choice"
    COUNTRY = "country"
    PARTY = "party"
    FLAG = "flag"
    LINES = "lines"
    COUNTRIES = "countries"
    CHECKS = "checks"
    PARTIES = "parties"
    CLAUSES = "clauses"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Input:
    """One value. `default` is the choice that counts where the terms say nothing."""

    name: str
    kind: Kind
    label: Text
    help: Text = ""
    choices: Choices = ()
    default: str = ""


@dataclass(frozen=True, slots=True)
class Inner:
    """A part with inputs of its own, under `name`."""

    name: str
    label: Text
    part: "Shape | OneOf"
    help: Text = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """Any number of parts, or of single values, in their order. `shown` blank ones stand where there are none."""

    name: str
    label: Text
    part: "Part"
    add: Text
    row: Text
    help: Text = ""
    shown: int = 0


Entry: TypeAlias = "Input | Inner | Rows"


@dataclass(frozen=True, slots=True)
class Shape:
    """The inputs of one part."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """A part whose inputs depend on the choice `tag`; the first choice where nothing is chosen."""

    tag: Input
    shapes: Mapping[str, Shape]

    def shape_of(self, chosen: str) -> Shape:
        """The inputs for a choice; none for one that is not known."""
        return self.shapes.get(chosen, Shape(()))


Part: TypeAlias = "Shape | OneOf | Input"


@dataclass(frozen=True, slots=True)
class Offered:
    """What a draft itself offers to choose: its parties by id and name, its clauses by id, its currency."""

    parties: Choices = ()
    clauses: tuple[str, ...] = ()
    currency: str = ""

    def choices_of(self, given: Input) -> Choices:
        """The choices of an input."""
        if given.kind in {Kind.PARTY, Kind.PARTIES}:
            return self.parties
        if given.kind is Kind.CLAUSES:
            return tuple((clause, clause) for clause in self.clauses)
        return given.choices


def choices_from(texts: Mapping[S, Promise]) -> Choices:
    """Choices out of values and their names."""
    return tuple((str(value), text) for value, text in texts.items())
