"""What is wrong with a payment order, for people."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from settlements.banking.domain.transfer_checks import TransferProblem

TRANSFER_SENTENCES: Final = MappingProxyType(
    {
        "nothing_to_pay": _("There is nothing to pay."),
        "too_many_transfers": _("A file holds at most 100,000 payments."),
        "currency_not_euro": _("A SEPA file pays euro only."),
        "currency_differs": _("The payment is in another currency than the file."),
        "amount_out_of_range": _("The amount must be above 0, and smaller than what a bank file can hold."),
        "id_missing": _("The reference is missing."),
        "id_too_long": _("The reference has more than 35 signs."),
        "id_signs": _("The reference has signs that banks don't pass on."),
        "id_repeated": _("Two payments have the same reference."),
        "name_missing": _("The account holder's name is missing."),
        "name_too_long": _("The account holder's name is too long for this format."),
        "bank_name_missing": _("The bank's name is missing."),
        "bank_name_too_long": _("The bank's name is too long for this format."),
        "text_too_long": _("The text for the payee is too long for this format."),
        "control_signs": _("A text has a line break or an invisible sign in it."),
        "iban_needed": _("A SEPA file needs an IBAN."),
        "iban_invalid": _("The IBAN is not valid."),
        "number_invalid": _("The account number does not fit this format."),
        "bic_invalid": _("The BIC is not valid."),
        "cnaps_invalid": _("The CNAPS code must have 12 digits."),
    }
)
_MORE: Final = _("{list} … and {count} more.")


def said(problems: Sequence[TransferProblem], count: int) -> str | Promise:
    """The problems in one sentence each; `count` is how many there are in all."""
    parts = format_lazy(" ".join(["{}"] * len(problems)), *(_one(problem) for problem in problems))
    return parts if count <= len(problems) else format_lazy(_MORE, list=parts, count=count - len(problems))


def _one(problem: TransferProblem) -> str | Promise:
    return format_lazy("{}: {}", problem.place, TRANSFER_SENTENCES[problem.code])
