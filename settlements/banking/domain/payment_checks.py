"""What keeps a payment order from being written in a format."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from stdnum import bic, iban
from stdnum.exceptions import ValidationError

from settlements.banking.domain.bank_text import bank_text, has_control_signs, is_bank_id
from settlements.banking.domain.payment_orders import PaymentAccount, PaymentFormat, PaymentInstruction, PaymentOrder

LONGEST_ID: Final = 35
LONGEST_NAME: Final = 70
LONGEST_TEXT: Final = 140
LONGEST_CN_NAME: Final = 60
LONGEST_CN_TEXT: Final = 60
MOST_INSTRUCTIONS: Final = 100_000
LARGEST_AMOUNT: Final = 10**17  # what eighteen digits with five decimals hold, whatever the currency
PAYER: Final = "payer"
ORDER: Final = "order"
_DOMESTIC_NUMBER: Final = re.compile(r"[0-9A-Z]{5,34}")
_CNAPS: Final = re.compile(r"\d{12}")


@dataclass(frozen=True, slots=True)
class PaymentProblem:
    """One thing to mend. `place` is `order`, `payer`, or an instruction's end-to-end id; `code` is stable."""

    place: str
    field: str
    code: str


def payment_problems(order: PaymentOrder, format_: PaymentFormat) -> list[PaymentProblem]:
    """Everything that is wrong, in the order of the file; empty when the file can be written as it is."""
    return [*_order_problems(order, format_), *_instruction_problems(order, format_)]


def _order_problems(order: PaymentOrder, format_: PaymentFormat) -> Iterator[PaymentProblem]:
    if not order.instructions:
        yield PaymentProblem(ORDER, "instructions", "no_instructions")
    if len(order.instructions) > MOST_INSTRUCTIONS:
        yield PaymentProblem(ORDER, "instructions", "too_many_instructions")
    if format_.is_pain:
        yield from _id_problems(ORDER, "message_id", order.message_id)
        yield from _account_problems(PAYER, order.payer, is_sepa=order.is_sepa)
    if order.is_sepa and order.currency != "EUR":
        yield PaymentProblem(ORDER, "currency", "currency_not_euro")


def _instruction_problems(order: PaymentOrder, format_: PaymentFormat) -> Iterator[PaymentProblem]:
    times = Counter(instruction.end_to_end_id for instruction in order.instructions)
    for end_to_end_id, count in times.items():
        if count > 1:
            yield PaymentProblem(end_to_end_id, "end_to_end_id", "id_repeated")
    for instruction in order.instructions:
        place = instruction.end_to_end_id
        yield from _id_problems(place, "end_to_end_id", place)
        if instruction.currency != order.currency:
            yield PaymentProblem(place, "currency", "currency_differs")
        if not 0 < instruction.amount_minor < LARGEST_AMOUNT:
            yield PaymentProblem(place, "amount", "amount_out_of_range")
        yield from _pain_problems(instruction, order) if format_.is_pain else _table_problems(instruction)


def _id_problems(place: str, field: str, text: str) -> Iterator[PaymentProblem]:
    if not text:
        yield PaymentProblem(place, field, "id_missing")
    elif len(text) > LONGEST_ID:
        yield PaymentProblem(place, field, "id_too_long")
    elif not is_bank_id(text):
        yield PaymentProblem(place, field, "id_signs")


def _pain_problems(instruction: PaymentInstruction, order: PaymentOrder) -> Iterator[PaymentProblem]:
    place = instruction.end_to_end_id
    yield from _account_problems(place, instruction.payee, is_sepa=order.is_sepa)
    if len(bank_text(instruction.text)) > LONGEST_TEXT:
        yield PaymentProblem(place, "text", "text_too_long")


def _account_problems(place: str, account: PaymentAccount, *, is_sepa: bool) -> Iterator[PaymentProblem]:
    name = bank_text(account.name)
    if not name.strip(". "):
        yield PaymentProblem(place, "name", "name_missing")
    elif len(name) > LONGEST_NAME:
        yield PaymentProblem(place, "name", "name_too_long")
    if is_sepa and not account.is_iban:
        yield PaymentProblem(place, "number", "iban_needed")
    if account.is_iban and not _is_valid(iban.validate, account.number):
        yield PaymentProblem(place, "number", "iban_invalid")
    if not account.is_iban and not _DOMESTIC_NUMBER.fullmatch(account.number):
        yield PaymentProblem(place, "number", "number_invalid")
    if account.bic and not _is_valid(bic.validate, account.bic):
        yield PaymentProblem(place, "bic", "bic_invalid")
    if account.cnaps and not _CNAPS.fullmatch(account.cnaps):
        yield PaymentProblem(place, "cnaps", "cnaps_invalid")


def _table_problems(instruction: PaymentInstruction) -> Iterator[PaymentProblem]:
    place, payee = instruction.end_to_end_id, instruction.payee
    limits = (
        ("name", payee.name, LONGEST_CN_NAME),
        ("bank_name", payee.bank_name, LONGEST_CN_NAME),
        ("text", instruction.text, LONGEST_CN_TEXT),
    )
    for field, text, longest in limits:
        if field != "text" and not text.strip():
            yield PaymentProblem(place, field, f"{field}_missing")
        if len(text) > longest:
            yield PaymentProblem(place, field, f"{field}_too_long")
        if has_control_signs(text):
            yield PaymentProblem(place, field, "control_signs")
    if payee.is_iban or not _DOMESTIC_NUMBER.fullmatch(payee.number):
        yield PaymentProblem(place, "number", "number_invalid")
    if payee.cnaps and not _CNAPS.fullmatch(payee.cnaps):
        yield PaymentProblem(place, "cnaps", "cnaps_invalid")


def _is_valid(validate: object, number: str) -> bool:
    try:
        compact = validate(number)  # type: ignore[operator]  # stdnum has no types
    except ValidationError:
        return False
    return bool(compact == number)  # banks take neither spaces nor small letters
