"""Where a host's payments to its partners go. Asked in the host's scope; the database lets nobody else look."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections

from alliance.kernel.errors import NotFoundError
from alliance.kernel.tenancy import database_alias
from partners.onboarding.bank_numbers import unsealed_number

_COLUMNS = "id, organization_id, kind, country, holder_name, bank_name, branch, cnaps, bic, masked, fingerprints, created_at, effective_at"


@dataclass(frozen=True, slots=True)
class PayeeAccount:
    """The bank account of a partner, without its number. Rows of accounts never change, so an id stands for all of it."""

    id: UUID
    organization_id: UUID
    kind: str
    country: str
    holder_name: str
    bank_name: str
    branch: str
    cnaps: str
    bic: str
    masked: str
    fingerprints: tuple[str, ...]
    created_at: datetime
    effective_at: datetime

    @property
    def sha256(self) -> str:
        """The fingerprint that approvals are bound to: other content or another row, another hash."""
        said = (self.id, self.kind, self.country, self.holder_name, self.bank_name, self.branch, self.cnaps, self.bic)
        text = "\n".join(str(part) for part in (*said, *self.fingerprints))
        return hashlib.sha256(text.encode()).hexdigest()


def payee_accounts(organization_ids: Collection[UUID], *, at: datetime) -> dict[UUID, PayeeAccount]:
    """The account in effect of each of the host's partners that has one, by organization."""
    rows = _ask(
        f"SELECT {_COLUMNS} FROM partners_payee_accounts(%s::uuid[], %s)",  # noqa: S608  fixed columns
        [list(organization_ids), at],
    )
    accounts = [_account(row) for row in rows]
    return {account.organization_id: account for account in accounts}


def payee_with_number(account_id: UUID) -> tuple[PayeeAccount, str]:
    """One partner's account and its number in the clear, for the payment itself and nothing else.

    Raises `NotFoundError` for an account of nobody that the scope pays, `SealBrokenError`.
    """
    rows = _ask(
        f"SELECT {_COLUMNS}, sealed_number FROM partners_payee_account(%s)",  # noqa: S608  fixed columns
        [account_id],
    )
    if not rows:
        raise NotFoundError
    *columns, sealed = rows[0]
    return _account(columns), unsealed_number(sealed, account_id=account_id)


def _account(row: Any) -> PayeeAccount:
    values = dict(zip((field.name for field in fields(PayeeAccount)), row, strict=True))
    return PayeeAccount(**{**values, "fingerprints": tuple(values["fingerprints"])})


def _ask(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
