"""Reasons that the other parties read."""

from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import InvalidInputError
from partners.domain.endings import LONGEST_REASON


class ReasonMissingError(InvalidInputError):
    """The others are told why."""

    code = "reason_missing"
    sentence = _("Say why; the other parties read it.")


class ReasonTooLongError(InvalidInputError):
    """A reason is short enough to be read in a mail."""

    code = "reason_too_long"
    sentence = _("Say it in at most 2,000 characters.")


def given_reason(text: str) -> str:
    """A reason without blanks around it; raises `ReasonMissingError`, `ReasonTooLongError`."""
    reason = optional_reason(text)
    if not reason:
        raise ReasonMissingError(field="reason")
    return reason


def optional_reason(text: str) -> str:
    """As `given_reason`, where none may be given."""
    reason = text.replace("\r\n", "\n").strip()
    if len(reason) > LONGEST_REASON:
        raise ReasonTooLongError(field="reason")
    return reason
