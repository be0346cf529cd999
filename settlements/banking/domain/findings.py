"""What reading a bank's file came to, as the job's row keeps it."""

from dataclasses import asdict, dataclass, field
from typing import Any, Self


@dataclass(slots=True)
class StatementFinding:
    """One statement of the file. `is_known`: it is there already, word for word. `has_gap`: it does not begin where the last ended."""

    reference: str
    masked: str
    currency: str
    starts_on: str
    ends_on: str
    opening_minor: int | None
    closing_minor: int | None
    entries: int
    new: int
    in_minor: int
    out_minor: int
    skipped: int
    is_known: bool = False
    has_gap: bool = False
    sample: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Findings:
    """All statements of the file; the first wrong rows of a table instead: row, column, code."""

    statements: list[StatementFinding] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)

    @property
    def new(self) -> int:
        """How many entries are not there yet."""
        return sum(statement.new for statement in self.statements)

    @property
    def is_new(self) -> bool:
        """Whether importing would change anything."""
        return any(not statement.is_known for statement in self.statements)

    def to_json(self) -> dict[str, Any]:
        """The stored form."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The findings of a stored form; empty for an empty object."""
        found = [StatementFinding(**statement) for statement in stored.get("statements", [])]
        return cls(found, stored.get("errors", []))
