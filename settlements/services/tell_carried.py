"""Say what each party had when a period began, so that what its close did can be recomputed. A step of closing."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

from partners.selectors import TermsInForce, TermsTimeline
from settlements.domain.closing import Due
from settlements.exchange.other_currencies import other_currencies_of
from settlements.ledger.domain import AccountKind
from settlements.ledger.selectors import accounts, balances
from settlements.models import Period, Reserve
from settlements.services.recoup_advances import Recouping
from settlements.taxes.domain.value_added import taxed_parties

# What is pending is the rest of the opening: its account has an entry for each conversion, and is not summed up here.
_TOLD: Final = {
    AccountKind.AVAILABLE,
    AccountKind.RESERVE,
    AccountKind.IN_TRANSIT,
    AccountKind.RECEIVABLE,
    AccountKind.ADVANCE,
}


@dataclass(frozen=True, slots=True)
class Before:
    """By party: what stood on its accounts when the period began (credits positive), and its reserves, the oldest first.

    `elsewhere` are the parties that have accounts in other currencies than the period's.
    """

    accounts: Mapping[UUID, Mapping[str, int]]
    reserves: Mapping[UUID, list[tuple[str, int]]]
    elsewhere: frozenset[UUID]


def find_before(period: Period, lots: Sequence[Reserve]) -> Before:
    """Read it before anything of the close has moved; `lots` are the agreement's `left_reserves`."""
    opened = accounts(agreement_id=period.agreement_id)
    owners = {one.id: one for one in opened if one.currency == period.currency and one.kind in _TOLD}
    found: defaultdict[UUID, dict[str, int]] = defaultdict(dict)
    for account_id, amount in balances(account_ids=list(owners), before=period.starts_on).items():
        if amount:
            found[owners[account_id].organization_id][owners[account_id].kind.value] = -amount
    reserves: defaultdict[UUID, list[tuple[str, int]]] = defaultdict(list)
    for lot in lots:
        reserves[lot.organization_id].append((lot.matures_on.isoformat(), lot.left_minor))
    elsewhere = frozenset(one.organization_id for one in opened if one.currency != period.currency)
    return Before(found, reserves, elsewhere)


def tell_carried(
    *,
    period: Period,
    version: TermsInForce | None,
    timeline: TermsTimeline,
    before: Before,
    due: Mapping[UUID, Due],
    recouping: Mapping[UUID, Recouping],
    exchanged: Collection[str],
) -> dict[UUID, str]:
    """The text of each party's statement, JSON on one line: its own figures alone, and which terms were in force.

    `ruled_by` names the version that rules the period as a whole. `due` is what became available with the period,
    `advances` what was still to be recouped and of how much. `value_added_tax` says of parties that are ever taxed that what
    goes back to an earlier statement is taxed as that one was, `other_currencies` what the period did in currencies into which
    balances were exchanged (`exchanged`: by this close); statements that closed before don't say it.
    """
    ruled: dict[str, object] = {"ruled_by": version.document_sha256} if version else {}
    ruled["in_force"] = [each.document_sha256 for each in _in_force(period, timeline)]
    parties = {*(version.terms.parties if version else ()), *before.accounts, *before.reserves, *due}
    taxed = taxed_parties(timeline, period.agreement_id)
    told: dict[UUID, dict[str, object]] = {party: dict(ruled) for party in sorted(parties)}
    for party, own in told.items():
        if party == period.host_id:
            continue
        amount = due.get(party, Due())
        own["accounts"] = dict(sorted(before.accounts.get(party, {}).items()))
        own["due"] = {"earned_minor": amount.earned_minor, "taken_minor": amount.taken_minor}
        own["reserves"] = before.reserves.get(party, [])
        is_elsewhere = exchanged or party in before.elsewhere
        others = other_currencies_of(period_id=period.id, organization_id=party) if is_elsewhere else []
        own["other_currencies"] = [asdict(other) for other in others]
        if party in taxed:
            own["value_added_tax"] = "as_originals"
        if party in recouping:
            own["advances"] = recouping[party].to_json()
    return {party: json.dumps(own) for party, own in told.items()}


def _in_force(period: Period, timeline: TermsTimeline) -> list[TermsInForce]:
    """Those that bind on some day of the period, else the last one before."""
    versions = [v for v in timeline.of_agreement(period.agreement_id) if v.effective_from < period.ends_at]
    found = [v for v in versions if v.effective_to is None or v.effective_to > period.starts_at]
    return found or versions[-1:]
