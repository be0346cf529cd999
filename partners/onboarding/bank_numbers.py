"""The account number at rest: sealed, bound to its row, and found again by fingerprint."""

from uuid import UUID

from alliance.kernel.sealing import fingerprints, seal, unseal
from partners.onboarding.models import BankAccount

_FINGERPRINT = "partners_bankaccount|number"


def sealed_number(number: str, *, account_id: UUID) -> str:
    """The number as the row `account_id` keeps it."""
    return seal(number, purpose=_purpose(account_id))


def number_fingerprints(number: str, *, country: str) -> list[str]:
    """By what the same account is found elsewhere."""
    return fingerprints(f"{country}:{number}", purpose=_FINGERPRINT)


def opened_number(account: BankAccount) -> str:
    """The number in the clear, for the file that goes to the bank and for nothing else. Raises `SealBrokenError`."""
    return unsealed_number(account.sealed_number, account_id=account.pk)


def unsealed_number(sealed: str, *, account_id: UUID) -> str:
    """The number that the row `account_id` keeps sealed. Raises `SealBrokenError`."""
    return unseal(sealed, purpose=_purpose(account_id))


def _purpose(account_id: UUID) -> str:
    return f"partners_bankaccount|sealed_number|{account_id}"
