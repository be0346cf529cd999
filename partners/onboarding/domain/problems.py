"""What is wrong with one input, as a code; the sentences stand in `partners.onboarding.sentences`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """`field` is the input's name, `code` says what is wrong with it."""

    field: str
    code: str
