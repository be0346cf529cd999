"""What holds after every step, whatever has happened (case S48)."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, Sum

from alliance.kernel.tenancy import organization_scope
from alliance.simulation.paying import Bank
from alliance.simulation.world import Member, World
from campaigns.models import Conversion
from settlements.ledger.models import Entry
from settlements.ledger.selectors import find_book, trial_balance
from settlements.models import Accrual, AccrualShare, Adjustment, Statement, StatementLine
from settlements.payouts.models import Payout, PayoutPart, PayoutState
from settlements.services.recompute_statement import recompute_statement

# What a party is owed stands on these accounts of it.
OWED_ON: Final = ("pending", "available", "reserve", "in_transit", "receivable")


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not hold, under which seed; 0 when it is the whole world's."""

    seed: int
    rule: str
    said: str

    def __str__(self) -> str:
        return f"seed {self.seed}: {self.rule}: {self.said}"


def check_world(world: World, bank: Bank) -> list[Finding]:
    """Every rule over the world as it is now."""
    with organization_scope(world.host_id):
        return [
            *_books_balance(world),
            *_owed_is_earned(world),
            *_statements_follow_each_other(world),
            *_lines_are_there_once(world),
            *_wholly_refunded_is_nothing(world),
            *_caps_hold(world),
            *_paid_once(world, bank),
        ]


def check_statements(world: World) -> list[Finding]:
    """Each statement says of itself what its hash is over; once at the end, because nothing may change them."""
    with organization_scope(world.host_id):
        return [
            Finding(_seed_of(world, statement.agreement_id), "statement", f"{statement.number} has another hash")
            for statement in Statement.objects.select_related("previous").order_by("number")
            if recompute_statement(statement).sha256() != statement.content_sha256
        ]


def _seed_of(world: World, agreement_id: UUID) -> int:
    return next(member.life.seed for member in world.members if member.agreement_id == agreement_id)


def _partners(world: World) -> Iterator[tuple[Member, UUID]]:
    for member in world.members:
        for party in member.parties[1:]:
            yield member, party


def _books_balance(world: World) -> Iterator[Finding]:
    book = find_book(alliance_id=world.alliance_id)
    if book is not None and not trial_balance(book.id).is_balanced:
        yield Finding(0, "books", "the entries do not sum to zero")


def _owed_is_earned(world: World) -> Iterator[Finding]:
    """Pending, available, reserve and in transit less receivable are the shares, the adjustments, less what was paid."""
    owed, earned, paid = _owed(), earned_by_party(), _paid()
    for member, party in _partners(world):
        if owed[party] != earned[party] - paid[party]:
            said = f"the ledger owes {owed[party]}, earned are {earned[party]}, paid {paid[party]}"
            yield Finding(member.life.seed, "owed", said)


def _paid() -> defaultdict[UUID, int]:
    rows = PayoutPart.objects.filter(payout__state=PayoutState.CONFIRMED).values_list("organization_id").order_by()
    return defaultdict(int, {party: int(total) for party, total in rows.annotate(total=Sum("gross_minor"))})


def _paid_once(world: World, bank: Bank) -> Iterator[Finding]:
    """The books say of exactly those payouts that they are paid whose money arrived; and the bank's account is less by that."""
    rows = Payout.objects.filter(alliance_id=world.alliance_id, state=PayoutState.CONFIRMED)
    paid = dict(rows.values_list("id", "amount_minor"))
    if paid.keys() != bank.paid:
        yield Finding(0, "payouts", f"{len(paid)} are booked as paid, {len(bank.paid)} were")
    booked = Entry.objects.filter(account__kind="bank").aggregate(total=Sum("amount_minor"))["total"] or 0
    if -int(booked) != sum(paid.values()):
        yield Finding(0, "payouts", f"{-int(booked)} left the bank, {sum(paid.values())} were paid")


def _owed() -> defaultdict[UUID, int]:
    rows = Entry.objects.filter(account__kind__in=OWED_ON).values_list("account__organization_id")
    return defaultdict(int, {party: -int(total) for party, total in rows.annotate(total=Sum("amount_minor"))})


def earned_by_party() -> defaultdict[UUID, int]:
    """The shares and adjustments of each organization, as far as the scope sees, in minor units."""
    earned: defaultdict[UUID, int] = defaultdict(int)
    shares = AccrualShare.objects.values_list("organization_id").annotate(total=Sum("share_minor")).order_by()
    got = Adjustment.objects.values_list("organization_id").annotate(total=Sum("amount_minor")).order_by()
    gave = Adjustment.objects.values_list("counterparty_id").annotate(total=Sum("amount_minor")).order_by()
    for rows, sign in ((shares, 1), (got, 1), (gave, -1)):
        for party, total in rows:
            earned[party] += sign * total
    return earned


def _statements_follow_each_other(world: World) -> Iterator[Finding]:
    carried: dict[tuple[UUID, UUID], int] = {}
    lines = {
        statement_id: (count, total)
        for statement_id, count, total in StatementLine.objects.values_list("statement_id")
        .annotate(rows=Count("pk"), total=Sum("share_minor"))
        .order_by()
    }
    for statement in Statement.objects.order_by("starts_on"):
        chain = (statement.agreement_id, statement.organization_id)
        count, total = lines.get(statement.id, (0, 0))
        right = (
            carried.get(chain, 0) == statement.opening_minor
            and (count, total) == (statement.line_count, statement.share_minor)
            and statement.closing_minor
            == statement.opening_minor + total - statement.withheld_minor - statement.paid_minor
        )
        if not right:
            yield Finding(_seed_of(world, statement.agreement_id), "statement", f"{statement.number} does not add up")
        carried[chain] = statement.closing_minor


def _lines_are_there_once(world: World) -> Iterator[Finding]:
    """What accrued in a closed period is on one statement of each party, what accrued in an open one on none."""
    closed = Q(accrual__period__status="closed")
    shares = AccrualShare.objects.values_list("accrual__agreement_id").annotate(
        closed=Count("pk", filter=closed), open=Count("pk", filter=~closed)
    )
    on_statements = dict(
        StatementLine.objects.filter(accrual__isnull=False)
        .values_list("statement__agreement_id")
        .annotate(rows=Count("pk"))
        .order_by()
    )
    for agreement_id, in_closed, _in_open in shares.order_by():
        if on_statements.get(agreement_id, 0) != in_closed:
            said = f"{in_closed} shares in closed periods, {on_statements.get(agreement_id, 0)} lines"
            yield Finding(_seed_of(world, agreement_id), "lines", said)
    doubled = Accrual.objects.values("conversion_id").annotate(times=Count("pk")).filter(times__gt=1).order_by()
    if doubled.exists():
        yield Finding(0, "accruals", "a conversion accrued twice")


def _wholly_refunded_is_nothing(world: World) -> Iterator[Finding]:
    """Where each conversion is split by itself, an order of which nothing is left has brought nobody anything."""
    plain = [member for member in world.members if member.terms.plain_shares]
    wanted = {reference: member for member in plain for reference in member.life.wholly_refunded}
    if not wanted:
        return
    accrued = set(Accrual.objects.values_list("conversion_id", flat=True))
    origins, waiting = _families(set(wanted), accrued)
    sums: defaultdict[tuple[str, UUID], int] = defaultdict(int)
    rows = AccrualShare.objects.filter(accrual__conversion_id__in=list(origins))
    for conversion_id, party, amount in rows.values_list("accrual__conversion_id", "organization_id", "share_minor"):
        sums[origins[conversion_id], party] += amount
    for (reference, _party), total in sums.items():
        if total and reference not in waiting:
            yield Finding(wanted[reference].life.seed, "refund", f"{total} are left of order {reference}")


def _families(references: set[str], accrued: set[UUID]) -> tuple[dict[UUID, str], set[str]]:
    """The order of each conversion of these orders and of their refunds; and the orders of which something waits."""
    origins: dict[UUID, str] = {}
    waiting: set[str] = set()
    rows = Conversion.objects.filter(Q(reference__in=references) | Q(original_reference__in=references))
    taken: defaultdict[str, int] = defaultdict(int)
    for id_, reference, original, amount in rows.values_list("id", "reference", "original_reference", "amount_minor"):
        origins[id_] = original or reference
        taken[origins[id_]] += amount
        if id_ not in accrued:
            waiting.add(origins[id_])
    return origins, waiting | {reference for reference, left in taken.items() if left}


def _caps_hold(world: World) -> Iterator[Finding]:
    capped = {member.parties[1]: member for member in world.members if member.terms.cap_minor is not None}
    rows = AccrualShare.objects.filter(organization_id__in=capped).values_list("organization_id")
    for party, total in rows.annotate(total=Sum("share_minor")).order_by():
        member = capped[party]
        if member.terms.cap_minor is not None and total > member.terms.cap_minor:
            yield Finding(member.life.seed, "cap", f"{total} earned, {member.terms.cap_minor} is the most")
