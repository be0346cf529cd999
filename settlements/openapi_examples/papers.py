"""Files of the statement, its invoice, and what taxes and exchange rates are reckoned with."""

from typing import Any, Final

from settlements.openapi_examples.earning import HOST, NORTH, STATEMENT

Document = dict[str, Any]

_EXPORT_ID: Final = "01939d6a-0000-7000-8000-000000000251"
_EXPORT_URL: Final = f"https://alliance.example/api/v1/exports/{_EXPORT_ID}"
_EXPORT: Final[Document] = {
    "id": _EXPORT_ID,
    "state": "succeeded",
    "done": 1,
    "total": 1,
    "queued_at": "2026-05-01T06:30:00Z",
    "started_at": "2026-05-01T06:30:01Z",
    "finished_at": "2026-05-01T06:30:02Z",
    "error_code": "",
    "file_format": "xlsx",
    "file_name": f"{STATEMENT['number']}.xlsx",
    "statement_id": STATEMENT["id"],
    "alliance_id": None,
    "sha256": "d59eced1ded07f84c145592f65bdf854358e009c5cd705f5215bf18697fed103",
    "size_bytes": 5794,
    "checked_with": "calamine 0.9.1: 7 rows",
    "expires_at": "2026-05-31T06:30:00Z",
    "links": {"self": _EXPORT_URL, "file": f"{_EXPORT_URL}/file"},
}
_INVOICE: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000253",
    "host_id": HOST,
    "organization_id": NORTH,
    "agreement_id": STATEMENT["agreement_id"],
    "statement_id": STATEMENT["id"],
    "origin": "self_billing",
    "number": "SB-2026-000001",
    "issued_on": "2026-05-08",
    "currency": "EUR",
    "net_minor": 4000,
    "vat_minor": 0,
    "total_minor": 4000,
    "treatment": "reverse_charge",
    "rate": "",
    "by_rate": [
        {
            "treatment": "reverse_charge",
            "rate": "",
            "net_minor": 4000,
            "vat_minor": 0,
            "goes_back_to": "",
            "invoice_number": "",
        }
    ],
    "credits_id": None,
    "replaces_id": None,
    "state": "accepted",
    "reason": "",
    "issued_at": "2026-05-08T12:00:00Z",
    "file_sha256": "4a44dc15364204a80fe80e9039455cc1608281820fe2b24f1e5233ade6af1dd5",
}
_TAXPAYER: Final[Document] = {
    "legal_name": "North Fitness GmbH",
    "address": "Hauptstraße 1, 10115 Berlin",
    "country": "DE",
    "vat_number": "DE136695976",
    "is_small": False,
    "accepts_self_billing": True,
}
_CERTIFICATE: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000254",
    "organization_id": NORTH,
    "host_id": HOST,
    "kind": "residence",
    "number": "R-2026-17",
    "valid_from": "2026-01-01",
    "valid_until": "2026-12-31",
    "state": "accepted",
    "submitted_at": "2026-03-04T08:30:00Z",
    "decided_at": "2026-03-05T09:00:00Z",
    "note": "",
    "sha256": "4fc82b26aecb47d2868c4efbe3581732a3e7cbcc6c2efb32062c08170a05eeb8",
}
_QUOTED: Final[Document] = {"base": "EUR", "quote": "CNY", "rate": "7.8125", "valid_on": "2026-04-30"}
_RATE: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000255",
    "source": "ECB",
    **_QUOTED,
    "revision": 1,
    "recorded_at": "2026-04-30T15:10:00Z",
}
_STORED_RATE: Final = {name: _RATE[name] for name in ("id", "base", "quote", "rate", "recorded_at")}
EXAMPLES: Final[dict[str, Document]] = {
    "ExportShape": _EXPORT,
    "StatementExportInputRequest": {"file_format": "xlsx"},
    "LedgerExportInputRequest": {"alliance_id": STATEMENT["alliance_id"], "file_format": "beancount"},
    "ExportScheduleInputRequest": {"file_format": "xlsx"},
    "ExportScheduleShape": {
        "id": "01939d6a-0000-7000-8000-000000000252",
        "file_format": "xlsx",
        "since": "2026-04-02T08:00:00Z",
        "created_by": "Nora North",
    },
    "InvoiceShape": _INVOICE,
    "InvoiceAnswerInputRequest": {"is_accepted": True, "reason": ""},
    "TaxProfileInputRequest": _TAXPAYER,
    "TaxProfileShape": {**_TAXPAYER, "changed_at": "2026-03-04T08:00:00Z"},
    "CertificateShape": _CERTIFICATE,
    "CertificateDecisionInputRequest": {"is_accepted": True, "note": ""},
    "RatesInputRequest": {"source": "ECB", "corrects": False, "rates": [_QUOTED]},
    "RecordedRatesShape": {
        "import_id": "01939d6a-0000-7000-8000-000000000256",
        "added": 1,
        "corrected": 0,
        "same": 0,
    },
    "RateShape": _RATE,
    "ChosenRateShape": {**_QUOTED, "way": "direct", "source": "ECB", "rates": [_STORED_RATE]},
}
