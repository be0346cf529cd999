"""How many people have to approve a batch of the scope's host."""

from dataclasses import dataclass

from django.conf import settings

from alliance.kernel.money import parse_amount
from partners.selectors import agreements_of
from settlements.payouts.models import PayoutLimit


def limit_of(currency: str) -> int:
    """The amount (minor units) up to which one approval is enough: the host's own, or else the installation's."""
    own = PayoutLimit.objects.filter(currency=currency).order_by("-set_at", "-id").first()
    if own is not None and own.amount_minor is not None:
        return own.amount_minor
    return parse_amount(settings.PAYOUT_SECOND_APPROVER_ABOVE, currency)


@dataclass(frozen=True, slots=True)
class LimitNow:
    """What holds in one currency; `own` is the host's latest word, which may give the say back to the installation."""

    currency: str
    amount_minor: int
    own: PayoutLimit | None

    @property
    def is_own(self) -> bool:
        """Whether the host has set it, rather than the installation."""
        return self.own is not None and self.own.amount_minor is not None


def limits_now() -> list[LimitNow]:
    """The limits of every currency of the scope's host, by currency."""
    latest = PayoutLimit.objects.order_by("currency", "-set_at", "-id").distinct("currency")
    own = {limit.currency: limit for limit in latest}
    return [LimitNow(code, limit_of(code), own.get(code)) for code in currencies()]


def currencies() -> list[str]:
    """The currencies of the host's agreements, and those that have a limit."""
    return sorted(
        {agreement.currency for agreement in agreements_of()}
        | set(PayoutLimit.objects.values_list("currency", flat=True))
    )


def approvals_needed(total_minor: int, currency: str) -> int:
    """Two above the limit, else one."""
    return 2 if total_minor > limit_of(currency) else 1
