"""The payout of the statement's 40.00 EUR, and the entry by which the bank tells of it."""

from typing import Any, Final

from settlements.openapi_examples.earning import HOST, NORTH, STATEMENT

Document = dict[str, Any]

_PREPARED_AT: Final = "2026-05-18T08:00:00Z"
_APPROVED_AT: Final = "2026-05-18T08:20:00Z"
_SENT_AT: Final = "2026-05-18T09:00:00Z"
_REPORTED_AT: Final = "2026-05-20T07:00:00Z"
_CONFIRMED_AT: Final = "2026-05-20T07:10:00Z"
_BOOKED_ON: Final = "2026-05-19"
_BANK_REFERENCE: Final = "B-0519"
_PAYOUT: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000232",
    "reference": "PO-000001-001",
    "host_id": HOST,
    "organization_id": NORTH,
    "alliance_id": STATEMENT["alliance_id"],
    "currency": "EUR",
    "amount_minor": 4000,
    "gateway": "manual",
    "account_holder": "North Fitness GmbH",
    "account_masked": "DE•••• 4300",
    "state": "confirmed",
    "bank_reference": _BANK_REFERENCE,
    "reason_code": "",
    "reason_text": "",
    "prepared_at": _PREPARED_AT,
    "sent_at": _SENT_AT,
    "confirmed_at": _CONFIRMED_AT,
    "returned_at": None,
}
BATCH: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000231",
    "reference": "PB-000001",
    "alliance_id": STATEMENT["alliance_id"],
    "currency": "EUR",
    "gateway": "manual",
    "state": "finished",
    "payout_count": 1,
    "total_minor": 4000,
    "content_sha256": "2c624232cdd221771294dfbb310aca000a0df6ac8b66b696d90ef06fdefb64a3",
    "approvals_needed": 1,
    "due_on": None,
    "prepared_by": "Accounting system",
    "prepared_at": _PREPARED_AT,
    "approved_at": _APPROVED_AT,
    "sent_at": _SENT_AT,
    "finished_at": _CONFIRMED_AT,
    "cancelled_at": None,
}


def _step(kind: str, at: str, detail: str = "", *journal_ids: str) -> Document:
    return {"kind": kind, "at": at, "detail": detail, "journal_ids": list(journal_ids)}


_STEPS: Final = [
    _step("prepared", _PREPARED_AT, BATCH["reference"]),
    _step("reserved", _APPROVED_AT, "", "01939d6a-0000-7000-8000-000000000233"),
    _step("sent", _SENT_AT),
    _step("accepted", "2026-05-18T09:00:01Z"),
    _step("reported", _REPORTED_AT),
    _step("confirmed", _CONFIRMED_AT, _BANK_REFERENCE, "01939d6a-0000-7000-8000-000000000234"),
]
_PART: Final[Document] = {
    "agreement_id": STATEMENT["agreement_id"],
    "statement_id": STATEMENT["id"],
    "gross_minor": 4000,
    "withheld_minor": 0,
}
_APPROVAL: Final[Document] = {
    "content_sha256": BATCH["content_sha256"],
    "approved_by": "Hanna Host",
    "approved_at": _APPROVED_AT,
    "voided_at": None,
}
_REPORT: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000235",
    "payout_id": _PAYOUT["id"],
    "is_paid": True,
    "bank_reference": _BANK_REFERENCE,
    "reason": "",
    "state": "confirmed",
    "reported_by": "Hanna Host",
    "reported_at": _REPORTED_AT,
}
_HOLD: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000236",
    "host_id": HOST,
    "organization_id": NORTH,
    "reason": "Its bank account is being changed",
    "placed_at": "2026-06-02T08:00:00Z",
    "lifted_at": None,
}
_LIMIT: Final[Document] = {
    "currency": "EUR",
    "amount_minor": 1000000,
    "is_own": True,
    "set_by": "Hanna Host",
    "set_at": "2026-03-02T08:00:00Z",
}
_ACCOUNT: Final[Document] = {
    "reference": "S-2026-05-19",
    "masked": "•••• 3000",
    "currency": "EUR",
    "starts_on": _BOOKED_ON,
    "ends_on": _BOOKED_ON,
    "opening_minor": 250000,
    "closing_minor": 246000,
}
_IMPORTED_AT: Final = "2026-05-20T06:45:02Z"
_IMPORT: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000238",
    "state": "succeeded",
    "done": 1,
    "total": 1,
    "queued_at": "2026-05-20T06:45:00Z",
    "started_at": _IMPORTED_AT,
    "finished_at": "2026-05-20T06:45:03Z",
    "error_code": "",
    "alliance_id": STATEMENT["alliance_id"],
    "preview_id": "01939d6a-0000-7000-8000-000000000237",
    "problem": "",
    "problem_where": "",
    "statements": [{**_ACCOUNT, "entries": 1, "new": 1, "skipped": 0, "is_known": False, "has_gap": False}],
}
_BANK_STATEMENT: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000239",
    "alliance_id": STATEMENT["alliance_id"],
    **_ACCOUNT,
    "entry_count": 1,
    "known_count": 0,
    "content_sha256": "19581e27de7ced00ff1ce50b2047e7a567c76b1cbaebabe5ef03f7c3017bb5b7",
    "imported_at": _IMPORTED_AT,
}
_ENTRY: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000240",
    "statement_id": _BANK_STATEMENT["id"],
    "booked_on": _BOOKED_ON,
    "valued_on": _BOOKED_ON,
    "currency": "EUR",
    "amount_minor": -4000,
    "end_to_end_id": _PAYOUT["reference"],
    "bank_reference": _BANK_REFERENCE,
    "name": _PAYOUT["account_holder"],
    "masked": "•••• 4300",
    "text": "",
    "return_reason": "",
}
_TAKEN_FOR: Final[Document] = {
    "entry_id": _ENTRY["id"],
    "kind": "payout",
    "payout_id": _PAYOUT["id"],
    "agreement_id": None,
    "debtor_id": None,
    "note": "",
}
_MATCH: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000241",
    **_TAKEN_FOR,
    "basis": "reference",
    "currency": "EUR",
    "amount_minor": -4000,
    "difference_minor": 0,
    "state": "approved",
    "proposed_by": "Accounting system",
    "proposed_at": _IMPORTED_AT,
    "decided_by": "Hanna Host",
    "decided_at": "2026-05-20T07:30:00Z",
    "journal_ids": [],
}
_BALANCE: Final[Document] = {
    "alliance_id": STATEMENT["alliance_id"],
    "currency": "EUR",
    "bank_minor": 246000,
    "books_minor": -4000,
    "difference_minor": 250000,
    "explained_minor": 250000,
    "unexplained_minor": 0,
    "standings": [
        {
            "statement_id": _BANK_STATEMENT["id"],
            "masked": _ACCOUNT["masked"],
            "ends_on": _BOOKED_ON,
            "closing_minor": 246000,
        }
    ],
    "lines": [
        {
            "why": "opening",
            "id": _BANK_STATEMENT["id"],
            "on": _BOOKED_ON,
            "name": _ACCOUNT["masked"],
            "amount_minor": 250000,
        }
    ],
}
EXAMPLES: Final[dict[str, Document]] = {
    "PayoutShape": _PAYOUT,
    "PayoutDetailShape": {**_PAYOUT, "parts": [_PART], "steps": _STEPS},
    "PayoutBatchShape": BATCH,
    "PayoutBatchDetailShape": {**BATCH, "payouts": [_PAYOUT], "approvals": [_APPROVAL], "left_out": []},
    "PayoutApprovedShape": {"approvals": 1, "approvals_needed": 1, "is_reserved": True, "changed": []},
    "OutcomeReportShape": _REPORT,
    "PayoutHoldShape": _HOLD,
    "PayoutLimitShape": _LIMIT,
    "PayoutLimitChangeShape": {
        "id": "01939d6a-0000-7000-8000-000000000242",
        **{name: _LIMIT[name] for name in ("currency", "amount_minor", "set_by", "set_at")},
    },
    "BankFileInputRequest": {
        "alliance_id": STATEMENT["alliance_id"],
        "file": "bank-2026-05-19.csv",
        "reading": {
            "number_own": "DE02370400440532013000",
            "currency": "EUR",
            "day_format": "%Y-%m-%d",
            "decimal_mark": ".",
            "booked_on": "Booking date",
            "amount": "Amount",
            "name": "Name",
            "text": "Text",
            "end_to_end_id": "End-to-end id",
        },
    },
    "BankImportInputRequest": {"preview_id": _IMPORT["preview_id"]},
    "BankImportShape": _IMPORT,
    "BankStatementShape": _BANK_STATEMENT,
    "BankEntryShape": _ENTRY,
    "BankMatchInputRequest": _TAKEN_FOR,
    "BankMatchShape": _MATCH,
    "BankBalanceShape": _BALANCE,
}
