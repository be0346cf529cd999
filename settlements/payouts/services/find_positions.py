"""What stands on the partners' accounts, agreement by agreement, and under which rule it is paid. Writes nothing."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Max, Min, Sum

from alliance.kernel.clock import local_date
from partners.domain.terms.settling import Payout as PayoutRule
from partners.domain.timeline import TermsTimeline
from partners.selectors import AgreementBrief, accepted_terms, agreements_of
from settlements.invoices.missing import Lack, WaitingStatement, missing_invoices
from settlements.ledger.domain import AccountKind, LedgerAccount
from settlements.ledger.models import Entry
from settlements.ledger.selectors import accounts, balances, find_book
from settlements.models import Adjustment, AdjustmentKind, Statement
from settlements.payouts.domain.eligibility import NO_RULE, Position
from settlements.payouts.models import PayoutPart, PayoutState, UnclaimedAction, UnclaimedRule


def find_positions(
    *, alliance_id: UUID, currency: str, now: datetime, agreement_ids: Collection[UUID] | None = None
) -> dict[UUID, list[Position]]:
    """Every partner's positions in one currency of an alliance, in the host's scope; of some agreements only if named."""
    book = find_book(alliance_id=alliance_id)
    if book is None:
        return {}
    owned = [
        account
        for account in accounts(book_id=book.id)
        if account.kind in {AccountKind.AVAILABLE, AccountKind.RECEIVABLE}
        and account.currency == currency
        and account.organization_id != book.host_id
        and account.agreement_id is not None
    ]
    stands = balances(account_ids=[account.id for account in owned]) if owned else {}
    by_seat = _by_seat(owned)
    terms = _Rules(alliance_id, now)
    drafts, waits = _drafts(alliance_id), _waiting(alliance_id)
    waiting = missing_invoices(timeline=terms.timeline)
    found: dict[UUID, list[Position]] = defaultdict(list)
    for (partner, agreement_id), kinds in sorted(by_seat.items()):
        if agreement_ids is not None and agreement_id not in agreement_ids:
            continue
        available, owed = kinds.get(AccountKind.AVAILABLE), kinds.get(AccountKind.RECEIVABLE)
        amount = -stands.get(available.id, 0) if available else 0
        rule = terms.of(agreement_id, partner, currency)
        found[partner].append(
            Position(
                agreement_id=agreement_id,
                currency=currency,
                agreement_currency=terms.agreements[agreement_id].currency,
                available_minor=amount,
                spendable_minor=_old_enough(available, amount, rule, terms.today(agreement_id)) if available else 0,
                owed_minor=max(0, stands.get(owed.id, 0)) if owed else 0,
                is_in_a_draft=(agreement_id, partner) in drafts,
                since=waits.since.get((agreement_id, partner)),
                rule=rule,
                without_invoice=_numbers(waiting.get((agreement_id, partner), ()), is_missing=True),
                with_objection=_numbers(waiting.get((agreement_id, partner), ()), is_missing=False),
                is_reclaimed=(agreement_id, partner) in waits.reclaimed,
            )
        )
    return found


def _by_seat(owned: Iterable[LedgerAccount]) -> dict[tuple[UUID, UUID], dict[AccountKind, LedgerAccount]]:
    """The accounts of each partner under each agreement."""
    found: defaultdict[tuple[UUID, UUID], dict[AccountKind, LedgerAccount]] = defaultdict(dict)
    for account in owned:
        if account.agreement_id is not None:
            found[account.organization_id, account.agreement_id][account.kind] = account
    return found


def _numbers(waiting: Iterable[WaitingStatement], *, is_missing: bool) -> tuple[str, ...]:
    return tuple(one.statement.number for one in waiting if (one.lack is Lack.MISSING) is is_missing)


class _Rules:
    """The payout rules of an alliance's agreements, as they bind now or bound last."""

    def __init__(self, alliance_id: UUID, now: datetime) -> None:
        self._now = now
        self.timeline: TermsTimeline = accepted_terms(alliance_id=alliance_id)
        self.agreements: dict[UUID, AgreementBrief] = {a.id: a for a in agreements_of(alliance_id=alliance_id)}
        own = UnclaimedRule.objects.order_by("-set_at", "-id").first()
        self._months = own.months if own is not None and own.action == UnclaimedAction.PAY else None

    def of(self, agreement_id: UUID, partner: UUID, currency: str) -> PayoutRule:
        """The partner's own rule, else everybody's, else: at any time, any amount.

        Where it says nothing of small amounts, the host's own rule may: that they are paid after so many months.
        """
        version = self.timeline.last_of_agreement(agreement_id, self._now)
        rules = version.terms.payouts if version else ()
        rule = chosen_rule(rules, partner, currency)
        if rule.flush_months is None and self._months is not None:
            return rule.model_copy(update={"flush_months": self._months})
        return rule

    def today(self, agreement_id: UUID) -> date:
        """The agreement's local day."""
        return local_date(self._now, self.agreements[agreement_id].time_zone)


def chosen_rule(rules: Iterable[PayoutRule], partner: UUID, currency: str) -> PayoutRule:
    """The rule of a partner in a currency: its own before everybody's, one that names the currency before one that does not."""
    fitting = [rule for rule in rules if rule.party in {None, partner}]
    ranked = sorted(fitting, key=lambda rule: (rule.party is None, rule.currency != currency))
    return ranked[0] if ranked else NO_RULE


def _old_enough(account: LedgerAccount, available: int, rule: PayoutRule, today: date) -> int:
    """What is available less what came with periods that ended fewer than the rule's days ago."""
    if not rule.lag_days or available <= 0:
        return max(0, available)
    since = Entry.objects.filter(account_id=account.id, effective_on__gte=today - timedelta(days=rule.lag_days))
    moved = since.exclude(journal__kind__startswith="payout_").aggregate(sum=Sum("amount_minor"))["sum"] or 0
    return max(0, available - max(0, -int(moved)))


def _drafts(alliance_id: UUID) -> set[tuple[UUID, UUID]]:
    rows = PayoutPart.objects.filter(is_draft=True, payout__alliance_id=alliance_id)
    return set(rows.values_list("agreement_id", "organization_id"))


class _Waiting(NamedTuple):
    """From when on small balances wait, and where something was given back since the last payment."""

    since: dict[tuple[UUID, UUID], date]
    reclaimed: set[tuple[UUID, UUID]]


def _waiting(alliance_id: UUID) -> _Waiting:
    """When each partner was last paid under an agreement or its money set aside, else when its first statement closed."""
    first = Statement.objects.filter(alliance_id=alliance_id).values_list("agreement_id", "organization_id")
    since = {(a, o): at.date() for a, o, at in first.annotate(at=Min("closed_at")).order_by()}
    paid = PayoutPart.objects.filter(payout__alliance_id=alliance_id, payout__state=PayoutState.CONFIRMED)
    last = paid.values_list("agreement_id", "organization_id").annotate(at=Max("payout__confirmed_at")).order_by()
    ended = {(a, o): at for a, o, at in last}
    reclaimed = set()
    moved = Adjustment.objects.filter(
        alliance_id=alliance_id, kind__in=[AdjustmentKind.ESCHEAT, AdjustmentKind.RECLAIMED]
    ).order_by("recorded_at", "id")
    for agreement, partner, kind, at in moved.values_list("agreement_id", "organization_id", "kind", "recorded_at"):
        if (known := ended.get((agreement, partner))) is None or known <= at:
            ended[agreement, partner] = at
            if kind == AdjustmentKind.RECLAIMED:
                reclaimed.add((agreement, partner))
    return _Waiting(since | {place: at.date() for place, at in ended.items()}, reclaimed)
