"""What can go wrong in the domain, said once: a stable code and a sentence in both languages.

Subclasses stand next to the function that raises them. One translator per face turns them into a
form error, problem+json, an admin message or a task log line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class FieldRefusal:
    """What is wrong with one input. `field` names it, `code` is part of the public API, `sentence` is for people."""

    field: str
    code: str
    sentence: str | Promise


class DomainError(Exception):
    """A refusal by a rule. `code` is part of the public API; `sentence` is for people.

    `field` names the input the sentence is about, when there is one; `refusals` every input that is to blame.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    sentence: ClassVar[str | Promise] = _("This is not possible.")

    def __init__(
        self,
        sentence: str | Promise | None = None,
        *,
        field: str | None = None,
        refusals: Sequence[FieldRefusal] = (),
    ) -> None:
        self.detail = sentence if sentence is not None else self.sentence
        self.field = field
        own = (FieldRefusal(field, self.code, self.detail),) if field else ()
        self.refusals = tuple(refusals) or own
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.detail)


class NotFoundError(DomainError):
    """The object does not exist, or belongs to somebody else: the two are not told apart."""

    code = "not_found"
    status = 404
    sentence = _("There is no such thing, or it is not yours.")


class NotPermittedError(DomainError):
    """The object is the actor's own, but the role does not reach this far."""

    code = "not_permitted"
    status = 403
    sentence = _("Your role does not allow this.")


class InvalidInputError(DomainError):
    """The input breaks a rule that only the service can check."""

    code = "invalid_input"
    status = 422
    sentence = _("This value is not valid.")
