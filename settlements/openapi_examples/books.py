"""The ledger at the end of April: the sale's journal, and what it left on the three accounts."""

from typing import Any, Final

from settlements.openapi_examples.earning import ACCRUAL, HOST, NORTH, PERIOD

Document = dict[str, Any]

_BOOK_ID: Final = "01939d6a-0000-7000-8000-000000000221"
_OPENED_AT: Final = "2026-04-01T00:00:05Z"


def _account(number: int, organization_id: str, kind: str) -> Document:
    return {
        "id": f"01939d6a-0000-7000-8000-{number:012d}",
        "organization_id": organization_id,
        "agreement_id": PERIOD["agreement_id"],
        "currency": "EUR",
        "kind": kind,
    }


_PENDING: Final = _account(224, NORTH, "pending")
_HELD: Final = (
    (_account(222, HOST, "clearing"), 10000),
    (_account(223, HOST, "revenue"), -6000),
    (_PENDING, -4000),
)


def _balance(account: Document, balance_minor: int) -> Document:
    said = {name: value for name, value in account.items() if name != "id"}
    return {"account_id": account["id"], **said, "balance_minor": balance_minor}


EXAMPLES: Final[dict[str, Document]] = {
    "AccountShape": {**_PENDING, "book_id": _BOOK_ID, "alliance_id": PERIOD["alliance_id"], "opened_at": _OPENED_AT},
    "BalancesShape": {
        "at": PERIOD["ends_at"],
        "balances": [_balance(account, amount) for account, amount in _HELD],
        "totals_minor": {"EUR": sum(amount for _account, amount in _HELD)},
    },
    "JournalShape": {
        "id": "01939d6a-0000-7000-8000-000000000225",
        "book_id": _BOOK_ID,
        "agreement_id": PERIOD["agreement_id"],
        "kind": "accrual",
        "key": f"accrual:{ACCRUAL['id']}",
        "effective_on": ACCRUAL["effective_on"],
        "occurred_at": ACCRUAL["occurred_at"],
        "posted_at": ACCRUAL["accrued_at"],
        "reverses_id": None,
        "entries": [
            {"line": line, "account_id": account["id"], "currency": "EUR", "amount_minor": amount}
            for line, (account, amount) in enumerate(_HELD, start=1)
        ],
    },
}
