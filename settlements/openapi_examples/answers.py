"""What North Fitness answers to its statement: it disputes the one line, gets it corrected, and accepts the statement."""

from typing import Any, Final

from settlements.openapi_examples.earning import ADJUSTMENT, NORTH, STATEMENT

Document = dict[str, Any]

_CLAIM: Final[Document] = {
    "line_number": 1,
    "reason": "For the launch week a bonus of 5.00 EUR for each order was agreed.",
    "claimed_minor": 4500,
}
_CORRECTION: Final[Document] = {"corrected_minor": 4500, "note": ADJUSTMENT["reason"]}
_DISPUTE: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000211",
    "statement_id": STATEMENT["id"],
    "agreement_id": STATEMENT["agreement_id"],
    "organization_id": NORTH,
    "reference": "L-1001",
    "currency": "EUR",
    "share_minor": 4000,
    **_CLAIM,
    "opened_by_organization_id": NORTH,
    "opened_at": "2026-05-06T08:00:00Z",
    "state": "corrected",
    "set_aside_minor": 0,
    "set_aside_currency": "",
    "released_at": ADJUSTMENT["recorded_at"],
    "settled_at": ADJUSTMENT["recorded_at"],
    **_CORRECTION,
    "correction_id": ADJUSTMENT["id"],
}
_COMMENT: Final[Document] = {
    "text": "The bonus stands in our mail of 30 March; may we send it along?",
    "dispute_id": _DISPUTE["id"],
}
EXAMPLES: Final[dict[str, Document]] = {
    "StatementAcceptanceInputRequest": {"content_sha256": STATEMENT["content_sha256"]},
    "StatementAcceptanceShape": {
        "statement_id": STATEMENT["id"],
        "organization_id": NORTH,
        "state": "accepted",
        "accepted_at": "2026-05-08T11:00:00Z",
        "accepted_by": "Nora North",
        "is_by_silence": False,
        "silence_from": None,
        "content_sha256": STATEMENT["content_sha256"],
    },
    "CommentInputRequest": _COMMENT,
    "CommentShape": {
        "id": "01939d6a-0000-7000-8000-000000000212",
        "statement_id": STATEMENT["id"],
        **_COMMENT,
        "author_organization_id": NORTH,
        "author": "Nora North",
        "written_at": "2026-05-07T07:30:00Z",
    },
    "DisputeInputRequest": _CLAIM,
    "DisputeShape": _DISPUTE,
    "SettlementInputRequest": {"note": "The mail of 30 March speaks of orders from May on."},
    "CorrectionInputRequest": _CORRECTION,
    "CorrectionShape": {"proposal_id": "01939d6a-0000-7000-8000-000000000213"},
}
