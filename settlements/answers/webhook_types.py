"""What settlements tells the outside of answers to statements; each side hears it in its own scope."""

from collections.abc import Mapping
from typing import Annotated, Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from partners.webhooks.types import WebhookData, register_webhook_type, tell_who_hears
from settlements.events import DisputeSettled, LineDisputed, StatementAccepted, StatementCommented, StatementEvent

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]
_HOST: Final = "01934f6e-5a00-7cc0-98b5-2f5f0c4d1a03"
_PARTY: Final = "01934f6e-5a00-7cc0-98b5-2f5f0c4d1a04"
_OF_STATEMENT: Final = {
    "statement_id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1c02",
    "agreement_id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1a01",
    "alliance_id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1a02",
    "host_id": _HOST,
    "party_id": _PARTY,
    "by_organization_id": _PARTY,
}
_DISPUTE: Final = "01934f6e-5a00-7cc0-98b5-2f5f0c4d1c03"


class AnswerData(WebhookData):
    """An answer to a closed statement of `party_id`; `by_organization_id` is the side that acted."""

    statement_id: UUID
    agreement_id: UUID
    alliance_id: UUID
    host_id: UUID
    party_id: UUID
    by_organization_id: UUID


class StatementAcceptedData(AnswerData):
    """A statement that its party has accepted: by `word`, or by `silence` in the time to answer."""

    how: Annotated[str, Field(pattern="^(word|silence)$")]
    content_sha256: Sha256


class StatementCommentedData(AnswerData):
    """A comment on a statement, or on one dispute of it."""

    comment_id: UUID
    dispute_id: UUID | None


class LineDisputedData(AnswerData):
    """A line of a statement that is disputed, with the share that it says."""

    dispute_id: UUID
    line_number: int
    currency: Currency
    share_minor: int


class DisputeSettledData(AnswerData):
    """A dispute that is over, and the share that the line comes to now."""

    dispute_id: UUID
    line_number: int
    outcome: Annotated[str, Field(pattern="^(stands|corrected|withdrawn)$")]
    currency: Currency
    resolved_minor: int


_EXAMPLES: Final[Mapping[str, Mapping[str, object]]] = {
    "statement.accepted": {
        "how": "word",
        "content_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    },
    "statement.commented": {"comment_id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1c04", "dispute_id": None},
    "statement.line_disputed": {
        "dispute_id": _DISPUTE,
        "line_number": 3,
        "currency": "CNY",
        "share_minor": 40000,
    },
    "statement.dispute_settled": {
        "by_organization_id": _HOST,
        "dispute_id": _DISPUTE,
        "line_number": 3,
        "outcome": "corrected",
        "currency": "CNY",
        "resolved_minor": 42000,
    },
}


def register() -> None:
    """Called when the app is ready."""
    _register("statement.accepted", StatementAccepted, StatementAcceptedData, _("A party has accepted its statement."))
    _register(
        "statement.commented", StatementCommented, StatementCommentedData, _("Somebody has commented on a statement.")
    )
    _register("statement.line_disputed", LineDisputed, LineDisputedData, _("A line of a statement is disputed."))
    _register("statement.dispute_settled", DisputeSettled, DisputeSettledData, _("The dispute of a line is over."))


def _register(name: str, event: type[StatementEvent], data: type[AnswerData], description: Promise) -> None:
    register_webhook_type(
        name,
        event=event,
        data=data,
        tell=tell_who_hears(data),
        description=description,
        example={**_OF_STATEMENT, **_EXAMPLES[name]},
    )
