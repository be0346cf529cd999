"""Make what is due available, and keep back what the terms reserve. A step of closing."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import connections
from django.db.models import F, QuerySet

from alliance.kernel.ids import new_id
from alliance.kernel.tenancy import database_alias
from partners.selectors import TermsInForce
from settlements.domain.closing import Due, Lot, kept_back, used_up
from settlements.ledger.domain import AccountKind
from settlements.models import Period, Reserve
from settlements.services.move_money import move_money


def release_pending(*, period: Period, version: TermsInForce | None, lots: Sequence[Reserve]) -> dict[UUID, Due]:
    """Move what is due to each party by the period's end, after any hold, from its pending to its available account.

    Refunds use up reserves before anything else; reserves that mature become available; under a reserve a part of what
    is earned is kept back. `lots` are the agreement's `left_reserves`. Returns what was due to each partner.
    """
    due = _due(period)
    moves = [
        (party, AccountKind.PENDING, AccountKind.AVAILABLE, amount.net_minor) for party, amount in sorted(due.items())
    ]
    move_money(period=period, key="release", moves=moves)
    kept = _kept(period, version, due, lots)
    move_money(
        period=period,
        key="reserve",
        moves=[(party, AccountKind.AVAILABLE, AccountKind.RESERVE, amount) for party, amount in sorted(kept.items())],
    )
    return due


def left_reserves(period: Period) -> list[Reserve]:
    """What is still kept back under the agreement, in the order in which refunds use it up, held."""
    left: QuerySet[Reserve] = Reserve.objects.filter(
        agreement_id=period.agreement_id, held_minor__gt=F("used_minor") + F("released_minor")
    )
    return list(left.order_by("matures_on", "id").select_for_update())


def _due(period: Period) -> dict[UUID, Due]:
    with connections[database_alias()].cursor() as cursor:
        cursor.execute("SELECT organization_id, earned_minor, taken_minor FROM settlements_due(%s)", [period.id])
        return {party_id: Due(int(earned), int(taken)) for party_id, earned, taken in cursor.fetchall()}


def _kept(
    period: Period, version: TermsInForce | None, due: dict[UUID, Due], lots: Sequence[Reserve]
) -> dict[UUID, int]:
    """How much more (or less) of each party's money is kept back after this period than before."""
    rule = version.terms.reserve if version else None
    kept: dict[UUID, int] = {}
    for party in sorted({*due, *(lot.organization_id for lot in lots)}):
        own = [lot for lot in lots if lot.organization_id == party]
        amount = due.get(party, Due())
        used = used_up([Lot(lot.id, lot.left_minor) for lot in own], amount.taken_minor)
        for lot in own:
            lot.used_minor += used.get(lot.id, 0)
            matured = lot.left_minor if lot.matures_on < period.ends_on else 0
            lot.released_minor += matured
            kept[party] = kept.get(party, 0) - used.get(lot.id, 0) - matured
            lot.save(update_fields=["used_minor", "released_minor"])
        if rule is not None and (held := kept_back(amount, rule.share, sum(used.values()))):
            _keep(period, party, held, rule.days)
            kept[party] = kept.get(party, 0) + held
    return kept


def _keep(period: Period, party_id: UUID, held_minor: int, days: int) -> None:
    Reserve.objects.create(
        id=new_id(),
        host_id=period.host_id,
        agreement_id=period.agreement_id,
        period=period,
        organization_id=party_id,
        currency=period.currency,
        matures_on=period.ends_on - timedelta(days=1) + timedelta(days=days),
        held_minor=held_minor,
    )
