"""What keeps a payment order from being written in a format."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from stdnum import bic, iban
from stdnum.exceptions import ValidationError

from settlements.banking.domain.bank_text import bank_text, has_control_signs, is_bank_id
from settlements.banking.domain.transfers import Transfer, TransferAccount, TransferFormat, TransferList

LONGEST_ID: Final = 35
LONGEST_NAME: Final = 70
LONGEST_TEXT: Final = 140
LONGEST_CN_NAME: Final = 60
LONGEST_CN_TEXT: Final = 60
MOST_TRANSFERS: Final = 100_000
LARGEST_AMOUNT: Final = 10**17  # what eighteen digits with five decimals hold, whatever the currency
PAYER: Final = "payer"
ORDER: Final = "order"
_DOMESTIC_NUMBER: Final = re.compile(r"[0-9A-Z]{5,34}")
_CNAPS: Final = re.compile(r"\d{12}")


@dataclass(frozen=True, slots=True)
class TransferProblem:
    """One thing to mend. `place` is `order`, `payer`, or an transfer's end-to-end id; `code` is stable."""

    place: str
    field: str
    code: str


def transfer_problems(order: TransferList, format_: TransferFormat) -> list[TransferProblem]:
    """Everything that is wrong, in the order of the file; empty when the file can be written as it is."""
    return [*_order_problems(order, format_), *_transfer_problems(order, format_)]


def _order_problems(order: TransferList, format_: TransferFormat) -> Iterator[TransferProblem]:
    if not order.transfers:
        yield TransferProblem(ORDER, "transfers", "nothing_to_pay")
    if len(order.transfers) > MOST_TRANSFERS:
        yield TransferProblem(ORDER, "transfers", "too_many_transfers")
    if format_.is_pain:
        yield from _id_problems(ORDER, "message_id", order.message_id)
        yield from _account_problems(PAYER, order.payer, is_sepa=order.is_sepa)
    if order.is_sepa and order.currency != "EUR":
        yield TransferProblem(ORDER, "currency", "currency_not_euro")


def _transfer_problems(order: TransferList, format_: TransferFormat) -> Iterator[TransferProblem]:
    times = Counter(transfer.end_to_end_id for transfer in order.transfers)
    for end_to_end_id, count in times.items():
        if count > 1:
            yield TransferProblem(end_to_end_id, "end_to_end_id", "id_repeated")
    for transfer in order.transfers:
        place = transfer.end_to_end_id
        yield from _id_problems(place, "end_to_end_id", place)
        if transfer.currency != order.currency:
            yield TransferProblem(place, "currency", "currency_differs")
        if not 0 < transfer.amount_minor < LARGEST_AMOUNT:
            yield TransferProblem(place, "amount", "amount_out_of_range")
        yield from _pain_problems(transfer, order) if format_.is_pain else _table_problems(transfer)


def _id_problems(place: str, field: str, text: str) -> Iterator[TransferProblem]:
    if not text:
        yield TransferProblem(place, field, "id_missing")
    elif len(text) > LONGEST_ID:
        yield TransferProblem(place, field, "id_too_long")
    elif not is_bank_id(text):
        yield TransferProblem(place, field, "id_signs")


def _pain_problems(transfer: Transfer, order: TransferList) -> Iterator[TransferProblem]:
    place = transfer.end_to_end_id
    yield from _account_problems(place, transfer.payee, is_sepa=order.is_sepa)
    if len(bank_text(transfer.text)) > LONGEST_TEXT:
        yield TransferProblem(place, "text", "text_too_long")


def _account_problems(place: str, account: TransferAccount, *, is_sepa: bool) -> Iterator[TransferProblem]:
    name = bank_text(account.name)
    if not name.strip(". "):
        yield TransferProblem(place, "name", "name_missing")
    elif len(name) > LONGEST_NAME:
        yield TransferProblem(place, "name", "name_too_long")
    if is_sepa and not account.is_iban:
        yield TransferProblem(place, "number", "iban_needed")
    if account.is_iban and not _is_valid(iban.validate, account.number):
        yield TransferProblem(place, "number", "iban_invalid")
    if not account.is_iban and not _DOMESTIC_NUMBER.fullmatch(account.number):
        yield TransferProblem(place, "number", "number_invalid")
    if account.bic and not _is_valid(bic.validate, account.bic):
        yield TransferProblem(place, "bic", "bic_invalid")
    if account.cnaps and not _CNAPS.fullmatch(account.cnaps):
        yield TransferProblem(place, "cnaps", "cnaps_invalid")


def _table_problems(transfer: Transfer) -> Iterator[TransferProblem]:
    place, payee = transfer.end_to_end_id, transfer.payee
    limits = (
        ("name", payee.name, LONGEST_CN_NAME),
        ("bank_name", payee.bank_name, LONGEST_CN_NAME),
        ("text", transfer.text, LONGEST_CN_TEXT),
    )
    for field, text, longest in limits:
        if field != "text" and not text.strip():
            yield TransferProblem(place, field, f"{field}_missing")
        if len(text) > longest:
            yield TransferProblem(place, field, f"{field}_too_long")
        if has_control_signs(text):
            yield TransferProblem(place, field, "control_signs")
    if payee.is_iban or not _DOMESTIC_NUMBER.fullmatch(payee.number):
        yield TransferProblem(place, "number", "number_invalid")
    if payee.cnaps and not _CNAPS.fullmatch(payee.cnaps):
        yield TransferProblem(place, "cnaps", "cnaps_invalid")


def _is_valid(validate: object, number: str) -> bool:
    try:
        compact = validate(number)  # type: ignore[operator]  # stdnum has no types
    except ValidationError:
        return False
    return bool(compact == number)  # banks take neither spaces nor small letters
