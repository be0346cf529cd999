"""Worlds of some seeds each, step by step, rolled back at their end."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Final

from django.db import transaction

from alliance.kernel.tenancy import database_alias, organization_scope
from alliance.simulation.invariants import Finding, check_statements, check_world, earned_by_party
from alliance.simulation.lives import BEGINNING
from alliance.simulation.paying import Bank, pay
from alliance.simulation.world import World, found_world
from campaigns.models import Conversion
from campaigns.services.record_orders import record_orders
from settlements.models import Accrual, Period, PeriodStatus, Statement
from settlements.payouts.models import Payout
from settlements.services.accrue_conversions import accrue_conversions
from settlements.services.close_period import EarlierPeriodOpenError, PeriodNotEndedError, close_period
from settlements.services.follow_terms import follow_terms_of

SEEDS_TOGETHER: Final = 25
SHORT: Final = 6
_JUMPS: Final = (0, 1, 3, 9, 17, 31)


@dataclass(slots=True)
class Simulated:
    """What was simulated, and what did not hold."""

    seeds: int = 0
    steps: int = 0
    conversions: int = 0
    statements: int = 0
    payouts: int = 0
    earned: dict[int, int] = field(default_factory=dict)  # what the partners of each seed got, in minor units
    findings: list[Finding] = field(default_factory=list)


def simulate(
    seeds: Sequence[int], *, steps: int = SHORT, say: Callable[[Simulated], object] = lambda _: None
) -> Simulated:
    """Let each seed live through `steps`, checking everything after each; `say` hears how far it is.

    Seeds that share a block of 25 share a clock and a host, and nothing else: a seed lives the same alone. Runs
    outside any scope, in transactions that are rolled back.
    """
    done = Simulated()
    for block, together in _blocks(seeds):
        with _rolled_back():
            _live(done, together, Random(f"clock {block}"), steps)  # noqa: S311  no secret hangs on it
        say(done)
    return done


def _blocks(seeds: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """The seeds of each block, so that a seed has the same clock whoever else runs."""
    blocks: dict[int, list[int]] = {}
    for seed in seeds:
        blocks.setdefault(seed // SEEDS_TOGETHER, []).append(seed)
    yield from blocks.items()


@contextmanager
def _rolled_back() -> Iterator[None]:
    alias = database_alias()
    with transaction.atomic(using=alias):
        yield
        transaction.set_rollback(True, using=alias)


def _live(done: Simulated, seeds: Sequence[int], clock: Random, steps: int) -> None:
    now = BEGINNING
    world, bank = found_world(seeds, now=now), Bank()
    for _ in range(steps):
        now += timedelta(days=clock.choice(_JUMPS), hours=clock.randint(0, 23))
        _arrive(world, now)
        _accrue(world, now)
        if clock.random() < 0.5:  # noqa: PLR2004  chances are written where they are taken
            _close(world, now)
        if clock.random() < 0.5:  # noqa: PLR2004
            pay(world, bank, now)
        done.steps += len(seeds)
        done.findings += check_world(world, bank)
    done.findings += check_statements(world)
    done.seeds += len(seeds)
    with organization_scope(world.host_id):
        done.conversions += Conversion.objects.filter(alliance_id=world.alliance_id).count()
        done.statements += Statement.objects.filter(alliance_id=world.alliance_id).count()
        done.payouts += Payout.objects.filter(alliance_id=world.alliance_id).count()
        earned = earned_by_party()
    done.earned |= {m.life.seed: sum(earned[party] for party in m.parties[1:]) for m in world.members}


def _arrive(world: World, now: datetime) -> None:
    drafts = [draft for member in world.members for draft in member.life.step(now)]
    with organization_scope(world.host_id):
        record_orders(actor=world.actor, alliance_id=world.alliance_id, import_id=None, drafts=drafts, now=now)


def _accrue(world: World, now: datetime) -> None:
    """Everything that has not accrued, and the latest for a second time: messages come doubled."""
    with organization_scope(world.host_id):
        follow_terms_of(actor=world.actor, now=now)
        mine = Conversion.objects.filter(alliance_id=world.alliance_id).order_by("id")
        accrued = Accrual.objects.filter(conversion_id__in=mine.values("id")).values("conversion_id")
        waiting = list(mine.exclude(pk__in=accrued).values_list("id", flat=True))
        again = list(mine.values_list("id", flat=True).reverse()[:5])
        accrue_conversions(actor=world.actor, conversion_ids=[*waiting, *again], now=now)


def _close(world: World, now: datetime) -> None:
    """The earliest ended period of each agreement, as far as its own chance says; some for a second time, too."""
    with organization_scope(world.host_id):
        for member in world.members:
            chance = member.life.chance
            ended = Period.objects.filter(
                agreement_id=member.agreement_id, status=PeriodStatus.OPEN, ends_at__lte=now
            ).order_by("starts_on")
            for period_id in list(ended.values_list("id", flat=True)[: chance.choice([1, 1, 2])]):
                for _ in range(chance.choice([1, 1, 2])):
                    try:
                        close_period(actor=world.actor, period_id=period_id, now=now)
                    except (EarlierPeriodOpenError, PeriodNotEndedError):
                        continue
