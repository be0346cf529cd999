"""Which balances have stayed below their threshold for so long that the host's own rule says what becomes of them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Sum

from partners.selectors import agreements_of, hosted_alliances
from settlements.models import Adjustment, AdjustmentKind
from settlements.payouts.domain.eligibility import Position, Reason, payable, whole_months
from settlements.payouts.models import PayoutHold, UnclaimedAction, UnclaimedRule
from settlements.payouts.services.find_positions import find_positions


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """One partner's balance under one agreement (minor units), below its threshold since `since` for `months` whole months."""

    alliance_id: UUID
    agreement_id: UUID
    organization_id: UUID
    currency: str
    amount_minor: int
    since: date
    months: int


@dataclass(frozen=True, slots=True)
class SetAside:
    """A line that set money aside, and how much of it nobody has reclaimed yet."""

    adjustment: Adjustment
    left_minor: int


def unclaimed_rule() -> UnclaimedRule | None:
    """The rule that holds in the scope of a host; `None` where balances are carried on."""
    latest = UnclaimedRule.objects.order_by("-set_at", "-id").first()
    return latest if latest is not None and latest.action != UnclaimedAction.CARRY else None


def unclaimed_balances(*, months: int, host_id: UUID, now: datetime) -> list[Unclaimed]:
    """Every balance of a host's partners that has stayed below its threshold for so many months. A number of queries by currency.

    Only what nothing but the threshold keeps back: not what is held, owed back under any agreement, waits for an invoice,
    or is on its way into a batch.
    """
    held = set(PayoutHold.objects.filter(lifted_at__isnull=True).values_list("organization_id", flat=True))
    found = []
    for alliance in hosted_alliances():
        if alliance.host_id != host_id:
            continue
        for currency in sorted({agreement.currency for agreement in agreements_of(alliance_id=alliance.id)}):
            positions = find_positions(alliance_id=alliance.id, currency=currency, now=now)
            for partner, ones in sorted(positions.items()):
                if partner not in held:
                    found += [
                        Unclaimed(alliance.id, p.agreement_id, partner, currency, p.available_minor, since, waited)
                        for p, since, waited in _forgotten(ones, months, now.date())
                    ]
    return found


def _forgotten(positions: list[Position], months: int, today: date) -> Iterable[tuple[Position, date, int]]:
    if any(position.owed_minor for position in positions):
        return
    amounts, left = payable(positions, today=today)
    paid = {agreement_id for agreement_id, _ in amounts.amounts}
    small = {one.agreement_id for one in left if one.reason is Reason.BELOW_THRESHOLD} - paid
    for position in positions:
        if position.agreement_id in small and position.since is not None:
            waited = whole_months(position.since, today)
            if waited >= months:
                yield position, position.since, waited


def set_aside(*, organization_id: UUID | None = None) -> list[SetAside]:
    """What was set aside as abandoned property in the scope, perhaps of one partner, latest first, with what is left of it."""
    rows = Adjustment.objects.filter(kind=AdjustmentKind.ESCHEAT).select_related("organization", "agreement")
    if organization_id is not None:
        rows = rows.filter(organization_id=organization_id)
    lines = list(rows.order_by("-recorded_at", "-id"))
    back = reclaimed_of(line.id for line in lines)
    return [SetAside(line, -line.amount_minor - back[line.id]) for line in lines]


def reclaimed_of(adjustment_ids: Iterable[UUID]) -> defaultdict[UUID, int]:
    """How much of each line was given back."""
    rows = Adjustment.objects.filter(answers_id__in=list(adjustment_ids), kind=AdjustmentKind.RECLAIMED).order_by()
    sums = rows.values_list("answers_id").annotate(total=Sum("amount_minor"))
    return defaultdict(int, {id_: int(total) for id_, total in sums if id_ is not None})
