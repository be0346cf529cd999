"""Why an amount is what it is: a tree of steps, each a stable code with values, for people of any language."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = str | int | None


@dataclass(frozen=True, slots=True)
class Step:
    """One step and what it consists of. Amounts are `…_minor`; shares and exact amounts are written as fractions."""

    code: str
    values: Mapping[str, Value] = field(default_factory=dict)
    children: tuple["Step", ...] = ()

    def to_json(self) -> dict[str, object]:
        """The tree as JSON, empty parts left out."""
        said: dict[str, object] = {"step": self.code, **self.values}
        if self.children:
            said["because"] = [child.to_json() for child in self.children]
        return said

    def find(self, code: str) -> "list[Step]":
        """Every step with this code, in order."""
        found = [self] if self.code == code else []
        return found + [step for child in self.children for step in child.find(code)]
