"""Hold the running totals that conversions change until the transaction ends, and write them back. A step of accruing."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from django.db import connections

from alliance.kernel.ids import new_id
from alliance.kernel.tenancy import database_alias
from partners.domain.evaluation import Totals

_MAKE: Final = """
INSERT INTO settlements_tally
    (id, organization_id, alliance_id, agreement_id, kind, key, "window", person, amount_minor, quantity, conversions)
  SELECT u.id, %s, %s, u.agreement, u.kind, u.key, u."window", u.person, 0, 0, 0
  FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[])
    AS u (id, agreement, kind, key, "window", person)
  ORDER BY u.agreement, u.kind, u.key, u."window", u.person ON CONFLICT DO NOTHING
"""
_HOLD: Final = """
SELECT t.agreement_id, t.kind, t.key, t."window", t.person, t.amount_minor, t.quantity, t.conversions, t.first_at
  FROM settlements_tally AS t
  JOIN unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[]) AS u (agreement, kind, key, "window", person)
    ON t.agreement_id = u.agreement AND t.kind = u.kind AND t.key = u.key AND t."window" = u."window" AND t.person = u.person
  ORDER BY t.agreement_id, t.kind, t.key, t."window", t.person FOR UPDATE OF t
"""
_WRITE: Final = """
UPDATE settlements_tally AS t
  SET amount_minor = u.amount, quantity = u.quantity, conversions = u.conversions, first_at = u.first_at
  FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[],
              %s::timestamptz[]) AS u (agreement, kind, key, "window", person, amount, quantity, conversions, first_at)
  WHERE t.agreement_id = u.agreement AND t.kind = u.kind AND t.key = u.key AND t."window" = u."window" AND t.person = u.person
"""


class TallyKey(NamedTuple):
    """Which running total. Sorts in the order in which they are held."""

    agreement_id: UUID
    kind: str
    key: str
    window: str
    person: str = ""


@dataclass(slots=True)
class Count:
    """One running total as it stands; `first_at` is a person's first sale."""

    totals: Totals = field(default_factory=Totals)
    first_at: datetime | None = None


class HeldTallies:
    """Running totals that nobody else changes until the transaction ends."""

    def __init__(self, counts: dict[TallyKey, Count]) -> None:
        self._counts = counts
        self._changed: set[TallyKey] = set()

    def __getitem__(self, key: TallyKey) -> Count:
        return self._counts[key]

    def add(self, key: TallyKey, totals: Totals, *, first_at: datetime | None = None) -> None:
        """Count on. An earlier `first_at` replaces a later one."""
        count = self._counts[key]
        count.totals = count.totals.plus(totals)
        if first_at is not None and (count.first_at is None or first_at < count.first_at):
            count.first_at = first_at
        self._changed.add(key)

    def write(self) -> None:
        """Write back what has changed."""
        keys = sorted(self._changed)
        if not keys:
            return
        counts = [self._counts[key] for key in keys]
        amounts = [count.totals.amount_minor for count in counts]
        units = [count.totals.quantity for count in counts]
        conversions = [count.totals.conversions for count in counts]
        firsts = [count.first_at for count in counts]
        with connections[database_alias()].cursor() as cursor:
            cursor.execute(_WRITE, [*_columns(keys), amounts, units, conversions, firsts])
        self._changed.clear()


def hold_tallies(*, host_id: UUID, alliance_id: UUID, keys: Collection[TallyKey]) -> HeldTallies:
    """The totals of these keys, made where they are new, and held in one order so that nobody waits in a circle."""
    wanted = sorted(set(keys))
    if not wanted:
        return HeldTallies({})
    columns = _columns(wanted)
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(_MAKE, [host_id, alliance_id, [new_id() for _ in wanted], *columns])
        cursor.execute(_HOLD, [*columns])
        rows = cursor.fetchall()
    return HeldTallies({TallyKey(*row[:5]): Count(Totals(*row[5:8]), row[8]) for row in rows})


def _columns(keys: Collection[TallyKey]) -> tuple[list[UUID], list[str], list[str], list[str], list[str]]:
    return (
        [key.agreement_id for key in keys],
        [key.kind for key in keys],
        [key.key for key in keys],
        [key.window for key in keys],
        [key.person for key in keys],
    )
