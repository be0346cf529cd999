"""People pay at the bank, by a file or by hand, and enter what became of it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from settlements.payouts.gateways.protocol import PaymentOrder, Report, ReportStatus


class ManualGateway:
    """Takes every order at once: it is in the hands of people then."""

    name = "manual"
    label: str | Promise = _("Bank file or by hand")
    is_by_hand = True

    def send(self, order: PaymentOrder) -> Report:
        """Taken: the bank file holds it from now on."""
        return Report(ReportStatus.ACCEPTED)

    def look_up(self, key: str) -> Report | None:
        """In people's hands, until one of them enters the outcome."""
        return Report(ReportStatus.ACCEPTED)
