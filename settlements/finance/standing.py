"""Where a partner stands under each of its agreements: what it has, and what changes it next."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import F, Max, Sum

from partners.domain.terms.exact import minor_units
from partners.domain.terms.settling import Payout
from partners.selectors import AgreementBrief, TermsTimeline, accepted_terms, agreements_of
from settlements.invoices.missing import WaitingStatement, missing_invoices
from settlements.ledger.domain import DEBIT_KINDS, AccountKind, LedgerAccount
from settlements.ledger.selectors import accounts, balances
from settlements.models import AccrualShare, LineDispute, Period, PeriodStatus, Reserve

MOST_DATES: Final = 3  # next dates of each sort that are named; what comes later is in the sums
_PARTS: Final = (
    AccountKind.PENDING,
    AccountKind.AVAILABLE,
    AccountKind.RESERVE,
    AccountKind.IN_TRANSIT,
    AccountKind.RECEIVABLE,
    AccountKind.ADVANCE,
)


@dataclass(frozen=True, slots=True)
class Part:
    """What stands on one account, positive on its healthy side; `account_id` is empty where there is none yet."""

    amount_minor: int = 0
    account_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Coming:
    """Money that moves on a day: `close` (the open period's shares so far), `hold` (a hold ends), `reserve` (it matures)."""

    kind: str
    on: date
    amount_minor: int
    period_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PayoutCondition:
    """Under which terms the available money is paid. `missing_minor` is what is short of the threshold; 0 when it is met."""

    rule: Payout
    threshold_minor: int
    missing_minor: int


@dataclass(frozen=True, slots=True)
class Standing:
    """One party under one agreement in one currency: the agreement's, or one in which it is paid. What it is owed is pending + available + reserved + in transit - owed back.

    `reserved` is all that is kept back; `disputed_minor` of it belongs to disputed lines, the rest is the rolling reserve.
    `advance` is what is still to be recouped out of later earnings. `waiting`: the statements for whose invoices its payouts
    wait by the terms.
    """

    agreement: AgreementBrief
    currency: str
    organization_id: UUID
    parts: Mapping[AccountKind, Part]
    disputed_minor: int
    coming: tuple[Coming, ...]
    payout: PayoutCondition | None
    waiting: tuple[WaitingStatement, ...] = ()

    @property
    def total_minor(self) -> int:
        """What the party is owed in all; less than nothing: what it owes."""
        due = (AccountKind.PENDING, AccountKind.AVAILABLE, AccountKind.RESERVE, AccountKind.IN_TRANSIT)
        return sum(self.parts[kind].amount_minor for kind in due) - self.parts[AccountKind.RECEIVABLE].amount_minor

    @property
    def rolling_minor(self) -> int:
        """What is kept back for later refunds."""
        return self.parts[AccountKind.RESERVE].amount_minor - self.disputed_minor


def standings(*, organization_id: UUID, now: datetime) -> list[Standing]:
    """Where one partner stands under each of its agreements that the scope sees, by name; none of which it is the host.

    A number of queries that does not grow with agreements or rows, but for their alliances.
    """
    own = [
        agreement
        for agreement in agreements_of(signed_only=True)
        if organization_id in agreement.party_ids and agreement.host_id != organization_id
    ]
    if not own:
        return []
    parts, disputed = _parts(organization_id), _disputed(organization_id)
    coming = _coming(organization_id, [agreement.id for agreement in own])
    timelines = {id_: accepted_terms(alliance_id=id_) for id_ in {agreement.alliance_id for agreement in own}}
    waiting = {
        seat: ones for timeline in timelines.values() for seat, ones in missing_invoices(timeline=timeline).items()
    }
    found = []
    for agreement in own:
        rule = _rule(agreement, organization_id, timelines[agreement.alliance_id], now)
        for currency in _currencies(agreement, rule, parts):
            held = {kind: parts.get((agreement.id, currency, kind), Part()) for kind in _PARTS}
            found.append(
                Standing(
                    agreement=agreement,
                    currency=currency,
                    organization_id=organization_id,
                    parts=held,
                    disputed_minor=disputed.get((agreement.id, currency), 0),
                    coming=tuple(coming[agreement.id]) if currency == agreement.currency else (),
                    payout=_condition(rule, agreement, currency, held[AccountKind.AVAILABLE].amount_minor),
                    waiting=tuple(waiting.get((agreement.id, organization_id), ())),
                )
            )
    return found


def _currencies(
    agreement: AgreementBrief, rule: Payout | None, parts: Mapping[tuple[UUID, str, AccountKind], Part]
) -> list[str]:
    """The agreement's own first, then those in which something stands or is paid."""
    others = {currency for id_, currency, _kind in parts if id_ == agreement.id}
    if rule is not None and rule.currency is not None:
        others.add(rule.currency)
    return [agreement.currency, *sorted(others - {agreement.currency})]


def _parts(organization_id: UUID) -> dict[tuple[UUID, str, AccountKind], Part]:
    found: list[LedgerAccount] = [a for a in accounts(organization_id=organization_id) if a.kind in _PARTS]
    amounts = balances(account_ids=[account.id for account in found]) if found else {}
    return {
        (account.agreement_id, account.currency, account.kind): Part(
            amounts.get(account.id, 0) * (1 if account.kind in DEBIT_KINDS else -1), account.id
        )
        for account in found
        if account.agreement_id is not None
    }


def _disputed(organization_id: UUID) -> dict[tuple[UUID, str], int]:
    """What is set aside for disputed lines, by agreement; what was withdrawn counts until it is released."""
    held = LineDispute.objects.filter(organization_id=organization_id, set_aside_minor__gt=0, released_at__isnull=True)
    sums = held.values_list("agreement_id", "set_aside_currency").annotate(total=Sum("set_aside_minor")).order_by()
    return {(agreement_id, currency): int(total) for agreement_id, currency, total in sums}


def _coming(organization_id: UUID, agreement_ids: Sequence[UUID]) -> dict[UUID, list[Coming]]:
    """What moves next under each agreement, the earliest first."""
    found: dict[UUID, list[Coming]] = {id_: [] for id_ in agreement_ids}
    for agreement_id, entry in (
        *_closes(organization_id, agreement_ids),
        *_holds(organization_id, agreement_ids),
        *_reserves(organization_id, agreement_ids),
    ):
        found[agreement_id].append(entry)
    return {id_: sorted(entries, key=lambda entry: (entry.on, entry.kind)) for id_, entries in found.items()}


def _closes(organization_id: UUID, agreement_ids: Sequence[UUID]) -> list[tuple[UUID, Coming]]:
    """The open periods, with the party's shares in them that become available with their close."""
    periods = list(
        Period.objects.filter(agreement_id__in=agreement_ids, status=PeriodStatus.OPEN).order_by("starts_on")
    )
    shares = AccrualShare.objects.filter(
        organization_id=organization_id,
        accrual__period_id__in=[period.id for period in periods],
        accrual__available_on__isnull=True,
    )
    sums = dict(shares.values_list("accrual__period_id").annotate(total=Sum("share_minor")).order_by())
    grace = timedelta(days=settings.PERIOD_CLOSE_GRACE_DAYS)
    return _first((p.agreement_id, Coming("close", p.ends_on + grace, int(sums.get(p.id, 0)), p.id)) for p in periods)


def _holds(organization_id: UUID, agreement_ids: Sequence[UUID]) -> list[tuple[UUID, Coming]]:
    """The days on which holds end that no close has reached."""
    closed = dict(
        Period.objects.filter(agreement_id__in=agreement_ids, status=PeriodStatus.CLOSED)
        .values_list("agreement_id")
        .annotate(day=Max("ends_on"))
        .order_by()
    )
    oldest = min(closed.values(), default=date.min) if len(closed) == len(agreement_ids) else date.min
    rows = (
        AccrualShare.objects.filter(
            organization_id=organization_id,
            accrual__agreement_id__in=agreement_ids,
            accrual__available_on__gte=oldest,
        )
        .values_list("accrual__agreement_id", "accrual__available_on")
        .annotate(total=Sum("share_minor"))
        .order_by("accrual__available_on")
    )
    return _first(
        (agreement_id, Coming("hold", day, int(total)))
        for agreement_id, day, total in rows
        if day >= closed.get(agreement_id, date.min)
    )


def _reserves(organization_id: UUID, agreement_ids: Sequence[UUID]) -> list[tuple[UUID, Coming]]:
    """The days on which reserves mature."""
    lots = Reserve.objects.filter(organization_id=organization_id, agreement_id__in=agreement_ids)
    left = F("held_minor") - F("used_minor") - F("released_minor")
    rows = lots.annotate(left=left).filter(left__gt=0).order_by("matures_on", "id")
    return _first(
        (agreement_id, Coming("reserve", day, int(amount), period_id))
        for agreement_id, day, amount, period_id in rows.values_list("agreement_id", "matures_on", "left", "period_id")
    )


def _first(entries: Iterable[tuple[UUID, Coming]]) -> list[tuple[UUID, Coming]]:
    """The first few of each agreement."""
    seen: defaultdict[UUID, int] = defaultdict(int)
    kept = []
    for agreement_id, entry in entries:
        if seen[agreement_id] < MOST_DATES:
            kept.append((agreement_id, entry))
        seen[agreement_id] += 1
    return kept


def _rule(agreement: AgreementBrief, organization_id: UUID, timeline: TermsTimeline, now: datetime) -> Payout | None:
    """The party's own rule of payouts, or the one for everybody."""
    version = timeline.last_of_agreement(agreement.id, now)
    rules = version.terms.payouts if version else ()
    own = (rule for rule in rules if rule.party == organization_id)
    return next(own, None) or next((rule for rule in rules if rule.party is None), None)


def _condition(
    rule: Payout | None, agreement: AgreementBrief, currency: str, available_minor: int
) -> PayoutCondition | None:
    """The rule, where this is the currency that it pays in."""
    if rule is None or (rule.currency or agreement.currency) != currency:
        return None
    threshold = int(minor_units(rule.threshold, currency))
    needed = threshold + (1 if rule.compare == "exceeds" else 0)
    return PayoutCondition(rule, threshold, max(0, needed - available_minor))
