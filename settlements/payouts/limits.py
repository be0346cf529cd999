"""How many people have to approve a batch of the scope's host."""

from django.conf import settings

from alliance.kernel.money import parse_amount
from settlements.payouts.models import PayoutLimit


def limit_of(currency: str) -> int:
    """The amount (minor units) up to which one approval is enough: the host's own, or else the installation's."""
    own = PayoutLimit.objects.filter(currency=currency).order_by("-set_at", "-id").first()
    if own is not None and own.amount_minor is not None:
        return own.amount_minor
    return parse_amount(settings.PAYOUT_SECOND_APPROVER_ABOVE, currency)


def approvals_needed(total_minor: int, currency: str) -> int:
    """Two above the limit, else one."""
    return 2 if total_minor > limit_of(currency) else 1
