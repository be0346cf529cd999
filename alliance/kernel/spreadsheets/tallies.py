"""Counts that a job keeps in its row."""

from collections import Counter
from dataclasses import dataclass
from typing import Self


@dataclass(slots=True)
class StoredCounts:
    """A dataclass of whole numbers and `Counter`s, each with a default, that can be kept as JSON."""

    def to_json(self) -> dict[str, object]:
        """The stored form."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: dict(value) if isinstance(value, Counter) else value for name, value in values.items()}

    @classmethod
    def from_json(cls, stored: dict[str, object]) -> Self:
        """The counts of a stored form; zeros for an empty object."""
        counts = cls()
        for name, value in stored.items():
            if name in cls.__dataclass_fields__:
                setattr(counts, name, Counter(value) if isinstance(value, dict) else value)
        return counts
