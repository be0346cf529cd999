"""What reasons and sums are called on pages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from settlements.payouts.domain.eligibility import Reason

REASONS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        Reason.BELOW_THRESHOLD: _("Below the agreement's threshold, or the rest of a whole amount"),
        Reason.ON_HOLD: _("Payouts to this partner are on hold"),
        Reason.NO_ACCOUNT: _("The partner has no confirmed bank account"),
        Reason.NOT_ACTIVE: _("The organization is not active"),
        Reason.OWES: _("Kept back for what the partner owes"),
        Reason.IN_A_DRAFT: _("In a batch that waits for approval"),
        Reason.OTHER_CURRENCY: _("Paid in another currency by the agreement"),
        Reason.NO_INVOICE: _("By the agreement it waits for an invoice"),
        Reason.INVOICE_OBJECTED: _("An invoice was objected to; it waits until a corrected one is accepted"),
        Reason.NOT_YET: _("Not payable before the days that the agreement names have passed"),
    }
)
