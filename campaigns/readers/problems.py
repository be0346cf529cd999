"""What can be wrong with a file of orders beside what can be wrong with any."""

from enum import StrEnum
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

from alliance.kernel.spreadsheets.problems import FileRefusedError


class OrderProblem(StrEnum):
    """Stable codes of what is wrong."""

    ORDER_TOO_LONG = "order_too_long"


class OrderFileError(FileRefusedError):
    """A file of orders is refused."""

    sentences = MappingProxyType(
        {
            **FileRefusedError.sentences,
            OrderProblem.ORDER_TOO_LONG: _("One order has more lines than an order may have."),
        }
    )
