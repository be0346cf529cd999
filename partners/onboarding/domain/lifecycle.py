"""The ways of an application, and whose they are. The database's trigger holds the same table."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Status(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Side(StrEnum):
    """Who moves it."""

    APPLICANT = "applicant"
    HOST = "host"


_UNDECIDED: Final = frozenset({Status.SUBMITTED, Status.IN_REVIEW})
EDITABLE: Final = frozenset({Status.DRAFT, Status.CHANGES_REQUESTED})
OPEN: Final = EDITABLE | _UNDECIDED

WAYS: Final[Mapping[Side, Mapping[Status, frozenset[Status]]]] = MappingProxyType(
    {
        Side.APPLICANT: MappingProxyType({Status.SUBMITTED: EDITABLE, Status.WITHDRAWN: OPEN}),
        Side.HOST: MappingProxyType(
            {
                Status.IN_REVIEW: frozenset({Status.SUBMITTED}),
                Status.CHANGES_REQUESTED: _UNDECIDED,
                Status.APPROVED: _UNDECIDED,
                Status.REJECTED: _UNDECIDED,
            }
        ),
    }
)


def may_move(side: Side, present: Status, wanted: Status) -> bool:
    """Whether `side` may move an application from `present` to `wanted`."""
    return present in WAYS[side].get(wanted, frozenset())
