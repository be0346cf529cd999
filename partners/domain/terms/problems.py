"""What is wrong with terms: a stable code and the dotted path of the input, for every problem at once."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from pydantic import ValidationError

_CODES: Final = MappingProxyType(
    {
        "missing": "missing",
        "extra_forbidden": "unknown_field",
        "literal_error": "not_a_choice",
        "enum": "not_a_choice",
        "union_tag_invalid": "not_a_choice",
        "union_tag_not_found": "missing",
        "too_short": "too_few",
        "too_long": "too_many",
        "greater_than_equal": "too_small",
        "greater_than": "too_small",
        "less_than_equal": "too_large",
        "less_than": "too_large",
        "string_too_short": "missing",
        "string_too_long": "too_long",
    }
)
_LIMITS: Final = ("ge", "gt", "le", "lt", "min_length", "max_length", "expected_tags", "expected")


@dataclass(frozen=True, slots=True)
class TermsProblem:
    """One problem. `field` is a path such as `clauses.0.pays.shares`; `values` fill the sentence."""

    code: str
    field: str
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)


class TermsError(ValueError):
    """The terms are impossible. `problems` names all reasons; `code` and `field` the first."""

    def __init__(self, code: str, field: str, *, problems: Sequence[TermsProblem] = ()) -> None:
        self.problems = tuple(problems) or (TermsProblem(code, field),)
        self.code = self.problems[0].code
        self.field = self.problems[0].field
        super().__init__("; ".join(f"{problem.field}: {problem.code}" for problem in self.problems))

    @classmethod
    def of(cls, error: ValidationError, given: object) -> "TermsError":
        """The error for what pydantic found in `given`, the input as JSON."""
        return cls("malformed", "terms", problems=_own([_problem(dict(found), given) for found in error.errors()]))


def _own(problems: list[TermsProblem]) -> list[TermsProblem]:
    """Without lists that only seem too short because entries in them were refused."""
    return [
        problem
        for problem in problems
        if problem.code != "too_few" or not any(other.field.startswith(f"{problem.field}.") for other in problems)
    ]


def _problem(found: dict[str, Any], given: object) -> TermsProblem:
    context: dict[str, Any] = found.get("ctx", {})
    path = list(_path(found["loc"], given, is_missing=found["type"] == "missing"))
    if below := str(context.get("field", "")):
        path.append(below)
    kind = str(found["type"])
    is_ours = "field" in context
    values = {key: str(value) for key, value in context.items() if (is_ours and key != "field") or key in _LIMITS}
    return TermsProblem(kind if is_ours else _CODES.get(kind, "malformed"), ".".join(path) or "terms", values)


def _path(location: Sequence[int | str], given: object, *, is_missing: bool) -> Iterator[str]:
    """The location without the tags of unions, which are no part of the input; what is missing is none either."""
    here = given
    for place, step in enumerate(location):
        if _is_tag(here, location[place : place + 2]):
            continue
        if _has(here, step):
            here = here[step]  # type: ignore[index]  # _has has looked
        elif not is_missing or place < len(location) - 1:
            continue
        yield str(step)


def _is_tag(here: object, steps: Sequence[int | str]) -> bool:
    """Whether the first step, though a part of the input has its name, only tags a union: the next one stands beside it."""
    return len(steps) > 1 and _has(here, steps[0]) and _has(here, steps[1]) and not isinstance(here, list | tuple)


def _has(here: object, step: int | str) -> bool:
    if isinstance(here, Mapping):
        return step in here
    return isinstance(here, list | tuple) and isinstance(step, int) and step < len(here)
