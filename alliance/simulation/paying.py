"""Payouts in a simulated world: prepared, approved and sent by people; two workers tell what became of each, in any order."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from typing import Final
from uuid import UUID

from alliance.kernel.actor import Actor, member_actor
from alliance.kernel.ids import new_id
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from alliance.simulation.terms import CURRENCY
from alliance.simulation.world import Member, World
from settlements.payouts.gateways import Report, ReportStatus
from settlements.payouts.models import Payout, PayoutBatch
from settlements.payouts.services.approve_batch import approve_batch
from settlements.payouts.services.claim_payouts import Claim, claim_payouts
from settlements.payouts.services.prepare_batch import NothingPayableError, WantedBatch, prepare_batch
from settlements.payouts.services.send_batch import send_batch
from settlements.payouts.services.settle_payout import settle_payout

_GATEWAY: Final = "manual"
_MOST: Final = 1_000
# What may become of a payment, in the order in which the bank says it; each is told twice, and the last one late.
_FATES: Final[tuple[tuple[ReportStatus, ...], ...]] = (
    (ReportStatus.ACCEPTED, ReportStatus.PAID),
    (ReportStatus.PAID,),
    (ReportStatus.ACCEPTED,),
    (ReportStatus.ACCEPTED, ReportStatus.REJECTED),
    (ReportStatus.PAID, ReportStatus.RETURNED),
)
_PAID: Final = frozenset({ReportStatus.PAID})


@dataclass(slots=True)
class Bank:
    """What the bank has been told and has said: `paid` are the payouts whose money arrived and stayed."""

    paid: set[UUID] = field(default_factory=set)
    open: dict[UUID, Random] = field(default_factory=dict)


def pay(world: World, bank: Bank, now: datetime) -> None:
    """A batch for the members whose chance says so, and news of what is under way."""
    chosen = [member for member in world.members if member.life.chance.random() < 0.6]  # noqa: PLR2004
    _send(world, chosen, now)
    for claim in _taken_by_two(world, now):
        bank.open[claim.payout_id] = _chance_of(world, claim.payout_id)
    for payout_id, chance in list(bank.open.items()):
        _tell(world, bank, payout_id, chance.choice(_FATES), now)


def _person(world: World) -> Actor:
    person = member_actor(user_id=new_id(), organization_id=world.host_id, role=Role.OWNER, label="simulation")
    return replace(person, has_second_factor=True)


def _send(world: World, members: list[Member], now: datetime) -> None:
    wanted = WantedBatch(world.alliance_id, CURRENCY, _GATEWAY, [member.agreement_id for member in members])
    with organization_scope(world.host_id):
        try:
            batch_id = prepare_batch(actor=_person(world), wanted=wanted, now=now)
        except NothingPayableError:
            return
        batch = PayoutBatch.objects.get(pk=batch_id)
        for _ in range(batch.approvals_needed):
            approver = _person(world)
            approve_batch(actor=approver, batch_id=batch_id, content_sha256=batch.content_sha256, now=now)
        send_batch(actor=_person(world), batch_id=batch_id, now=now)


def _taken_by_two(world: World, now: datetime) -> Iterator[Claim]:
    """Two workers come at once; the second finds nothing that the first has taken."""
    for _worker in range(2):
        yield from claim_payouts(most=_MOST, now=now, host_id=world.host_id)


def _chance_of(world: World, payout_id: UUID) -> Random:
    """That of the seed which is paid, so that it has the same luck alone and among others."""
    with organization_scope(world.host_id):
        party = Payout.objects.get(pk=payout_id).organization_id
    return next(member.life.chance for member in world.members if party in member.parties)


def _tell(world: World, bank: Bank, payout_id: UUID, fate: tuple[ReportStatus, ...], now: datetime) -> None:
    """Both workers tell everything; the later news, told first, is told again after the earlier."""
    for status in (*fate, *reversed(fate), *fate):
        with organization_scope(world.host_id):
            settle_payout(actor=world.actor, payout_id=payout_id, report=Report(status), now=now)
    if fate[-1] is not ReportStatus.ACCEPTED:
        del bank.open[payout_id]
    if fate[-1] in _PAID:
        bank.paid.add(payout_id)
